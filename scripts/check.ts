/**
 * `npm run check`: types, Svelte, lint, format and generated documents. Every step runs, so that
 * one look shows all that is wrong; the exit code is the number of failed steps.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

interface Step {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
}

const ROOT = join(import.meta.dirname, '..')

const STEPS: readonly Step[] = [
  { name: 'types', command: 'tsc', args: ['-b'] },
  {
    name: 'svelte',
    command: 'svelte-check',
    args: ['--tsconfig', './tsconfig.renderer.json', '--fail-on-warnings', '--output', 'human']
  },
  { name: 'lint', command: 'eslint', args: ['.', '--max-warnings', '0'] },
  { name: 'format', command: 'prettier', args: ['--check', '--log-level', 'warn', '.'] },
  { name: 'documents', command: 'node', args: ['scripts/generate-docs.ts', '--check'] }
]

const failed = STEPS.filter((step) => !hasPassed(step))

for (const { name } of failed) process.stdout.write(`check failed: ${name}\n`)
if (failed.length === 0) process.stdout.write(`all ${STEPS.length} checks passed\n`)
process.exitCode = failed.length

/** npm puts node_modules/.bin first on PATH, so each command is the one of package.json. */
function hasPassed({ name, command, args }: Step): boolean {
  process.stdout.write(`check: ${name}\n`)
  const result = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' })
  return result.status === 0
}
