/**
 * `npm run package`: builds the product and packages it for this machine's system. Further words
 * go to electron-builder: `npm run package -- --linux dir`. With `--inspectable` first, the
 * application can be driven by Playwright, which needs a fuse that is otherwise blown; such a
 * package is for tests and goes to a folder of its own.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { planPackage } from './package-plan.ts'

const ROOT = join(import.meta.dirname, '..')
const INSPECTABLE = '--inspectable'

const FOR_TESTS = [
  '-c.electronFuses.enableNodeCliInspectArguments=true',
  '-c.directories.output=dist/inspectable'
]

const words = process.argv.slice(2)
const isInspectable = words[0] === INSPECTABLE
const wishes = isInspectable ? [...words.slice(1), ...FOR_TESTS] : words
const plan = planPackage(wishes, process.env, process.platform)

if (!plan.isPossible) {
  process.stderr.write(`${plan.reason}\n`)
  process.exitCode = 1
} else {
  if (plan.note !== null) process.stderr.write(`${plan.note}\n`)
  make(plan.words)
}

function make(wanted: readonly string[]): void {
  if (!run('electron-vite', ['build', '--logLevel', 'warn'])) return
  run('electron-builder', ['--config', 'electron-builder.yml', '--publish', 'never', ...wanted])
}

/** npm puts node_modules/.bin first on PATH. False, and our exit code, when it failed. */
function run(command: string, args: readonly string[]): boolean {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' })
  if (error !== undefined) process.stderr.write(`${command}: ${error.message}\n`)
  process.exitCode = status ?? 1
  return status === 0
}
