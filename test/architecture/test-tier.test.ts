/**
 * The test tiers themselves: a leak or an unhandled rejection fails a run in which every test
 * passed, a skipped suite is named with what it misses, and so is a repeated test.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { temporaryFolder, type TemporaryFolder } from '../servers/temporary-folder.ts'

const ROOT = join(import.meta.dirname, '../..')
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs')
const CONFIG = join(import.meta.dirname, 'fixtures/tier/vitest.config.ts')

let folder: TemporaryFolder

beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

interface Run {
  readonly exitCode: number | null
  readonly output: string
}

async function run(fixture: string, environment: Record<string, string> = {}): Promise<Run> {
  const child = spawn(process.execPath, [VITEST, 'run', '--config', CONFIG, fixture], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...withoutVitest(), SWITCHYARD_TEST_INSTALL: '0', CI: '', ...environment }
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  }
  const [exitCode] = (await once(child, 'close')) as [number | null]
  return { exitCode, output: stripVTControlCharacters(output) }
}

/**
 * The runner's own variables would make the inner run believe that it is a worker, and ours would
 * make it write its results over those of the run around it.
 */
function withoutVitest(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(VITEST|TEST|NODE_ENV|VITE_|SWITCHYARD_TEST)/.test(name)
    )
  )
}

test('a file that leaves a server and a timer open fails, although its test passed', async () => {
  const { exitCode, output } = await run('leaking')
  expect(exitCode).toBe(1)
  expect(output).toContain('1 passed')
  expect(output).toMatch(
    /left open: (1 × TCPServerWrap, 1 × Timeout|1 × Timeout, 1 × TCPServerWrap)/
  )
})

test('an unhandled rejection fails the run, although its test passed', async () => {
  const { exitCode, output } = await run('unhandled')
  expect(exitCode).toBe(1)
  expect(output).toContain('nobody looks')
})

test('a suite whose program is missing is skipped, counted and named', async () => {
  const { exitCode, output } = await run('skipping', { PATH: folder.path })
  expect(exitCode).toBe(0)
  expect(output).toContain('1 passed | 2 skipped')
  expect(output).toContain('Skipped suites: 1 (2 tests), because this machine lacks wrk.')
  expect(output).toMatch(/skipping\.fixture\.ts > load from wrk: needs wrk/)
})

test('a test that needed a second attempt is named', async () => {
  const { exitCode, output } = await run('flaky')
  expect(exitCode).toBe(0)
  expect(output).toContain('Repeated: 1 passed only at the second attempt.')
  expect(output).toMatch(/flaky\.fixture\.ts > works at the second attempt/)
})

test('results are written as JSON into the folder that is asked for', async () => {
  await run('flaky', { SWITCHYARD_TEST_REPORTS: folder.path })
  const report: unknown = JSON.parse(readFileSync(join(folder.path, 'test.json'), 'utf8'))
  expect(report).toMatchObject({ numPassedTests: 1, numFailedTests: 0 })
})
