/**
 * For suites that look at the built product: brings `out/` up to date if a source is newer, once
 * however many test files ask at the same time.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '../..')
const LOCK = join(ROOT, 'node_modules/.cache/switchyard-build.lock')

const SOURCES = ['main', 'preload', 'renderer', 'proxy-core', 'resources/icons']
const SOURCE_FILES = ['package.json', 'electron.vite.config.ts', 'svelte.config.js']

/** The last file that a build writes. */
const LAST_OUTPUT = 'out/renderer/index.html'
const OUTPUTS = ['out/main/index.js', 'out/main/cli.js', 'out/preload/index.cjs', LAST_OUTPUT]

/** A build takes seconds; a lock this old was left by a run that was killed. */
const STALE_LOCK_MS = 120_000
const POLL_MS = 50

/** @throws Error with the build's own words when it fails. */
export async function ensureFreshBuild(): Promise<void> {
  if (isFresh()) return
  await lock()
  try {
    if (!isFresh()) await build()
  } finally {
    rmSync(LOCK, { recursive: true, force: true })
  }
}

async function build(): Promise<void> {
  const cli = join(ROOT, 'node_modules/electron-vite/bin/electron-vite.js')
  // The runner's NODE_ENV would build the page for development.
  const env = { ...process.env, NODE_ENV: 'production' }
  await promisify(execFile)(process.execPath, [cli, 'build', '--logLevel', 'warn'], {
    cwd: ROOT,
    env
  })
}

/** Another worker builds while this one waits. */
async function lock(): Promise<void> {
  mkdirSync(join(LOCK, '..'), { recursive: true })
  for (;;) {
    try {
      mkdirSync(LOCK)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    if (Date.now() - modifiedAtMs(LOCK) > STALE_LOCK_MS) rmSync(LOCK, { recursive: true })
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

function isFresh(): boolean {
  const oldestOutput = Math.min(...OUTPUTS.map((path) => modifiedAtMs(join(ROOT, path))))
  const newestSource = Math.max(
    ...SOURCE_FILES.map((path) => modifiedAtMs(join(ROOT, path))),
    ...SOURCES.map((path) => newestIn(join(ROOT, path)))
  )
  return newestSource < oldestOutput
}

/** Folders count too: a deleted file changes nothing else. Tests are not part of the build. */
function newestIn(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return Math.max(
    modifiedAtMs(folder),
    ...entries
      .filter((entry) => !entry.name.endsWith('.test.ts'))
      .map((entry) => modifiedAtMs(join(entry.parentPath, entry.name)))
  )
}

/** 0 where there is no such file. */
function modifiedAtMs(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
