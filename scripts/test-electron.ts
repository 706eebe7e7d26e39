/**
 * `npm run test:electron`: the browser suite in a real desktop window, where there are a display
 * and Electron's binary (`ELECTRON_EXEC_PATH`, an installed one, or one that can be fetched).
 * Where there are not, it says so, and every suite counts as skipped.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { thisDisplay, whyNoWindow } from '../main/web/display.ts'
import { findElectron } from '../main/web/electron-finder.ts'

const ROOT = join(import.meta.dirname, '..')

const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function binaryOrReason(): Promise<{ readonly path: string } | { readonly reason: string }> {
  const obstacle = whyNoWindow(thisDisplay())
  if (obstacle !== null) return { reason: obstacle }
  const search = await findElectron({ root: ROOT, environment: process.env, say })
  return search.isFound ? { path: search.path } : { reason: search.reason }
}

const found = await binaryOrReason()
const env = { ...process.env }
if ('path' in found) {
  env['SWITCHYARD_TEST_ELECTRON'] = found.path
  say(`Electron: ${found.path}`)
} else {
  delete env['SWITCHYARD_TEST_ELECTRON']
  say(`SKIPPED: no real desktop window can be opened, because ${found.reason}.`)
  say('`npm test` runs the same suite against a double of Electron; nothing was proven here.')
}

const words = ['run', '--config', 'test/electron/vitest.config.ts', ...process.argv.slice(2)]
const { status } = spawnSync('vitest', words, { cwd: ROOT, stdio: 'inherit', env })
process.exitCode = status ?? 1
