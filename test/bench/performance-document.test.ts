/** Contract: new results replace the old ones between the markers and touch nothing else. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { withResults } from './performance-document.ts'
import { REPOSITORY } from './tool-version.ts'

const document = readFileSync(join(REPOSITORY, 'docs', 'performance.md'), 'utf8')

it('replaces what stands between the markers of the real document, however often', () => {
  const once = withResults(document, 'FIRST RESULTS')
  const twice = withResults(once, 'SECOND RESULTS')
  expect(twice).toContain('SECOND RESULTS')
  expect(twice).not.toContain('FIRST RESULTS')
  expect(withResults(twice, 'FIRST RESULTS')).toBe(once)
})

it('refuses a document without markers', () => {
  expect(() => withResults('# Performance', 'RESULTS')).toThrow('docs/performance.md lacks')
})
