/** Contract of the sentences about what runs, what is on disk and what is staged. */
import { describe, expect, test } from 'vitest'
import type { WorkspaceState } from '../../../preload/contract/workspace-state.ts'
import { applyRefusal, diskWords, shortHash, stagedWords, subjectOf } from './config-words.ts'

const STATE: WorkspaceState = {
  kind: 'file',
  name: 'switchyard.yaml',
  file: '/etc/switchyard.yaml',
  environment: 'dev',
  runningHash: 'a1',
  diskHash: 'a1',
  stagedHash: null,
  staged: [],
  problems: [],
  recentFiles: [],
  demo: null,
  lastEnd: null
}
const TEXT = { text: 'version: 1\n', hash: 'b2', hasMaskedSecrets: false }

describe('what is on disk', () => {
  test.each([
    ['what runs is the file', {}, null, 'Runs what is on disk', false],
    ['the demo is no file', { kind: 'demo' as const }, null, 'Runs what the demo has', false],
    ['another program changed it', { diskHash: 'b2' }, TEXT, 'Changed on disk', true],
    ['it was refused', { diskHash: 'b2' }, null, 'The file differs from what runs', true],
    ['it is gone', { diskHash: null }, null, 'The file cannot be read', true],
    ['nothing was loaded', { runningHash: null }, null, 'Nothing runs', true]
  ])('%s', (_title, change, onDisk, text, isTrouble) => {
    expect(diskWords({ ...STATE, ...change }, onDisk)).toEqual({ text, isTrouble })
  })
})

test('staged changes are counted', () => {
  expect(stagedWords({ staged: [] })).toBeNull()
  expect(stagedWords({ staged: ['one'] })).toBe('1 change staged')
  expect(stagedWords({ staged: ['one', 'two', 'three'] })).toBe('3 changes staged')
})

describe('applying is refused with its reason', () => {
  const can = { isStaged: true, errorCount: 0, readOnly: null }
  test.each([
    ['it can', can, null],
    ['nothing is staged', { ...can, isStaged: false }, 'Nothing is staged.'],
    ['one problem', { ...can, errorCount: 1 }, 'Mend 1 problem first.'],
    ['problems', { ...can, errorCount: 2 }, 'Mend 2 problems first.'],
    ['read-only comes first', { isStaged: false, errorCount: 2, readOnly: 'Locked.' }, 'Locked.']
  ])('%s', (_title, facts, reason) => {
    expect(applyRefusal(facts)).toBe(reason)
  })
})

test('a hash is shown short', () => {
  expect(shortHash('0123456789abcdef')).toBe('01234567')
})

test('another file, or the demo, is another subject', () => {
  const subjects = [STATE, { ...STATE, file: '/b.yaml' }, { ...STATE, kind: 'demo' as const }, null]
  expect(new Set(subjects.map(subjectOf)).size).toBe(4)
  expect(subjectOf({ ...STATE, runningHash: 'b2' })).toBe(subjectOf(STATE))
})
