/** Contract: the guide for those who come from Vector shows the files as they are, every line of them, and what the import really says. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { refusalText } from '../import-report.ts'
import { fixture, imported, poolOf, resultOf } from './testing/imported.ts'

const GUIDE = readFileSync(new URL('../../../docs/guides/vector.md', import.meta.url), 'utf8')
const [BUFFERED, PARTITIONED, OWN_WORDS] = blocksOf('toml') as [string, string, string]
const [BUFFERED_YAML, PARTITIONED_YAML] = blocksOf('yaml')

function blocksOf(language: string): readonly string[] {
  return [...GUIDE.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(
    ([, text]) => text!
  )
}

/** Number and text of the lines that say something, as they stand in the table behind the file. */
function tableBehind(toml: string): readonly (readonly [number, string])[] {
  const rest = GUIDE.slice(GUIDE.indexOf(toml) + toml.length)
  const table = rest.slice(
    rest.indexOf('\n| Line |'),
    rest.indexOf('\n\n', rest.indexOf('\n| Line |'))
  )
  return [...table.matchAll(/^\| (\d+) \| `(.*?)` \| .+ \| .+ \|$/gm)].map(
    ([, line, text]) => [Number(line), text!] as const
  )
}

function linesOf(toml: string): readonly (readonly [number, string])[] {
  return toml
    .split('\n')
    .map((text, at) => [at + 1, text] as const)
    .filter(([, text]) => text !== '' && !text.startsWith('#'))
}

function withoutDashes(toml: string): string {
  return toml.replace(/^---$/m, '')
}

describe('the files', () => {
  test('are the ones that the import is made for', () => {
    expect(BUFFERED).toBe(fixture('seed-000-block-1'))
    expect(PARTITIONED).toBe(fixture('seed-000-block-2'))
  })

  test.each([
    ['with a buffer', BUFFERED],
    ['with partitions', PARTITIONED]
  ])('%s is gone through line by line', (_, toml) => {
    expect(tableBehind(toml)).toEqual(linesOf(toml))
  })
})

describe('the results', () => {
  test('of the damaged file are as shown', () => {
    const result = resultOf(BUFFERED)
    const problems = result.ok ? [] : result.problems
    const text = refusalText({ file: 'vector.toml', text: BUFFERED }, problems, {
      isColoured: false
    })
    expect(GUIDE).toContain(`\`\`\`text\n${text}`)
  })

  test.each([
    ['with a buffer', withoutDashes(BUFFERED), BUFFERED_YAML],
    ['with partitions', PARTITIONED, PARTITIONED_YAML]
  ])('%s are as shown', (_, toml, yaml) => {
    expect(imported(toml).yaml).toBe(yaml)
  })

  test("in Vector's own words are the same pool", () => {
    const { name, ...pool } = poolOf(imported(OWN_WORDS))
    const { name: other, ...seed } = poolOf(imported(PARTITIONED))
    expect([name, other]).toEqual(['number', 'partition'])
    expect(pool).toEqual(seed)
  })
})
