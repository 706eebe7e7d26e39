/** The last line of `.ci/run`, which a machine reads: no failure may get lost in the sum. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { temporaryFolder, type TemporaryFolder } from '../test/servers/temporary-folder.ts'

let folder: TemporaryFolder

beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

function sum(...steps: readonly string[]): { readonly lastLine: string; readonly status: number } {
  const script = join(import.meta.dirname, 'sum-test-reports.cjs')
  const result = spawnSync(process.execPath, [script, ...steps], { encoding: 'utf8' })
  return { lastLine: result.stdout.trim().split('\n').at(-1)!, status: result.status! }
}

function report(name: string, passed: number, failed: number, skipped = 0): string {
  return folder.write(
    name,
    JSON.stringify({
      success: failed === 0,
      numPassedTests: passed,
      numFailedTests: failed,
      numPendingTests: skipped
    })
  )
}

test('two good runs and a good check add up', () => {
  const steps = [`test=0=${report('a', 10, 0)}`, `scenario=0=${report('b', 4, 0)}`, 'check=0=']
  expect(sum(...steps)).toEqual({ lastLine: '14 passed, 0 failed', status: 0 })
})

test('failed tests are counted one by one, skipped ones are named', () => {
  const steps = [`test=1=${report('a', 10, 2, 5)}`, `scenario=1=${report('b', 4, 1)}`]
  expect(sum(...steps)).toEqual({ lastLine: '14 passed, 3 failed, 5 skipped', status: 1 })
})

test('a step that failed with no failed test counts as one', () => {
  expect(sum(`test=1=${report('a', 10, 0)}`, 'check=3=')).toEqual({
    lastLine: '10 passed, 2 failed',
    status: 1
  })
})

test('a step without a report, with half of one or with a lying exit code counts as failed', () => {
  const half = folder.write('half', '{"numPassedTests":')
  expect(sum(`test=1=${folder.path}/absent`)).toEqual({ lastLine: '0 passed, 1 failed', status: 1 })
  expect(sum(`test=137=${half}`)).toEqual({ lastLine: '0 passed, 1 failed', status: 1 })
  expect(sum(`test=0=${report('a', 1, 1)}`)).toEqual({ lastLine: '1 passed, 1 failed', status: 1 })
})
