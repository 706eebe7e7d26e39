/** Contract: every YAML block of the configuration guide loads, without a warning it does not speak of. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DEFAULT_HEALTH_CHECK } from '../model/default-settings.ts'
import { settingsOf, summary, warningsOf } from './fixtures/load.ts'
import { worstCase } from './worst-case.ts'

const GUIDE = readFileSync(new URL('../../docs/guides/configuration.md', import.meta.url), 'utf8')
const BLOCKS = [...GUIDE.matchAll(/^## (.+)$|^```yaml\n([^]*?)^```$/gm)]
  .reduce<{ heading: string; text: string }[]>((blocks, [, heading, text]) => {
    if (text === undefined) return [...blocks, { heading: heading ?? '', text: '' }]
    return [...blocks, { heading: blocks.at(-1)?.heading ?? '', text }]
  }, [])
  .filter(({ text }) => text !== '')

test('the guide has its blocks', () => {
  expect(BLOCKS.length).toBeGreaterThanOrEqual(11)
})

test.each(BLOCKS)('under "$heading" this loads without a warning:\n$text', ({ text }) => {
  expect(summary(warningsOf(text))).toEqual([])
})

test('the detection times that the guide promises for the defaults are the computed ones', () => {
  const { killed, frozen } = worstCase(DEFAULT_HEALTH_CHECK)
  expect(GUIDE).toContain(
    `noticed within ${String(killed.detection.worstMs / 1000)} seconds and a frozen one within ${String(frozen.detection.worstMs / 1000)}`
  )
})

test("the guide's line for HAProxy users gives HAProxy's intervals", () => {
  const block = BLOCKS.find(({ text }) => text.includes('gateway-1:8083'))
  const check = settingsOf(block?.text ?? '').pools[0]?.backends[0]?.healthCheck
  expect(check).toMatchObject({ intervalMs: 3000, fastIntervalMs: 3000, timeoutMs: 3000 })
})
