/** The last lines of a run: what was skipped and why, what needed a second attempt. */
import { describe, expect, test } from 'vitest'
import { describeRepeated, describeSkipped } from './tier-reporter.ts'

describe('describeSkipped', () => {
  test('counts the suites and their tests, and names each with what it misses', () => {
    const lines = describeSkipped([
      { name: 'a.test.ts > bytes', testCount: 3, missingPrograms: ['nginx', 'HAProxy'] },
      { name: 'b.test.ts > load', testCount: 1, missingPrograms: ['HAProxy'] }
    ])
    expect(lines).toEqual([
      'Skipped suites: 2 (4 tests), because this machine lacks HAProxy, nginx.',
      '  - a.test.ts > bytes: needs nginx, HAProxy',
      '  - b.test.ts > load: needs HAProxy',
      'As root on Debian, SWITCHYARD_TEST_INSTALL=1 installs what they need.'
    ])
  })

  test('says nothing where nothing was skipped', () => {
    expect(describeSkipped([])).toEqual([])
  })
})

describe('describeRepeated', () => {
  test('names what passed at the second attempt only', () => {
    expect(describeRepeated(['c.test.ts > kill a backend'])).toEqual([
      'Repeated: 1 passed only at the second attempt.',
      '  - c.test.ts > kill a backend'
    ])
    expect(describeRepeated([])).toEqual([])
  })
})
