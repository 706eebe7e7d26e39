/** Contract: one to three sentences that stand alone; a report of an earlier life is none. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../../test/servers/temporary-folder.ts'
import { ENGINE_END_FILE, writeEngineEnd } from '../../../proxy-core/engine/engine-end.ts'
import { hasStagedChanges, lastEndSentence, readEngineEnd } from './last-end.ts'

function folder(): string {
  const made = temporaryFolder()
  onTestFinished(() => made.remove())
  return made.path
}

/** Of the machine's own zone, as operators read it. */
function local(hour: number, minute: number, second = 0): number {
  return new Date(2026, 10, 21, hour, minute, second).getTime()
}

const end = { atMs: local(2, 14, 31), finished: 12, cut: 3, reason: 'The parent is gone.' }
const facts = { seenMs: local(2, 14, 20), nowMs: local(7, 0), fate: end, hasStaged: true }

test('the end of the engine, its requests and what was staged are told', () => {
  expect(lastEndSentence(facts)).toBe(
    'The console ended without a stop at 02:14. The engine finished 12 requests, cut 3, and stopped at 02:14:31. Staged changes were kept.'
  )
})

test('one request is one request, and nothing staged is not mentioned', () => {
  const fate = { ...end, finished: 1, cut: 0 }
  expect(lastEndSentence({ ...facts, fate, hasStaged: false })).toBe(
    'The console ended without a stop at 02:14. The engine finished 1 request, cut 0, and stopped at 02:14:31.'
  )
})

test('an end on another day has its date', () => {
  const nowMs = local(7, 0) + 86_400_000
  expect(lastEndSentence({ ...facts, nowMs })).toMatch(/at 02:14 on 21 November 2026\. /)
})

test.each([
  ['none', 'No engine ran.'],
  [
    'killed',
    'The engine left no report, as when it is killed: take the requests that ran then as cut.'
  ],
  ['unknown', 'The engine has not reported how it ended.']
] as const)('an engine of fate %s: %s', (fate, words) => {
  expect(lastEndSentence({ ...facts, fate, hasStaged: false })).toBe(
    `The console ended without a stop at 02:14. ${words}`
  )
})

test('the report that an engine leaves is read', async () => {
  const directory = folder()
  await writeEngineEnd(directory, end)
  expect(await readEngineEnd(directory, end.atMs - 1)).toEqual(end)
})

test('an older report, a damaged one and a missing one are none', async () => {
  const directory = folder()
  expect(await readEngineEnd(directory, 0)).toBeNull()
  await writeEngineEnd(directory, end)
  expect(await readEngineEnd(directory, end.atMs + 1)).toBeNull()
  writeFileSync(join(directory, ENGINE_END_FILE), '{"atMs": 1')
  expect(await readEngineEnd(directory, 0)).toBeNull()
  writeFileSync(join(directory, ENGINE_END_FILE), '{"atMs": "soon"}')
  expect(await readEngineEnd(directory, 0)).toBeNull()
})

test('staged changes are what the workspace has kept', async () => {
  const { StagedFile } = await import('../workspace/staged-file.ts')
  const directory = folder()
  expect(await hasStagedChanges(directory)).toBe(false)
  const staged = new StagedFile(directory, '/etc/switchyard.yaml')
  await staged.write({ text: 'pools: []', baseHash: 'hash', freshMasks: [] })
  expect(await hasStagedChanges(directory)).toBe(true)
  await staged.remove()
  expect(await hasStagedChanges(directory)).toBe(false)
})
