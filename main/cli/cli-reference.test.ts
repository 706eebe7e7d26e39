/** Contract: the command-line reference shows what the program prints. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { COMMANDS } from './commands.ts'
import { EXIT } from './exit-code.ts'
import { runCli } from './run-cli.ts'
import { CapturedTerminal } from './testing/captured-terminal.ts'

const REFERENCE = readFileSync(join(import.meta.dirname, '../../docs/reference/cli.md'), 'utf8')

const HELP_CALLS = [
  '--help',
  ...COMMANDS.filter(({ isInternal }) => !isInternal).map(({ name }) => `${name} --help`)
]

test.each(HELP_CALLS)('`switchyard %s` is in the reference as it is printed', async (call) => {
  const terminal = new CapturedTerminal()
  expect(await runCli(call.split(' '), terminal)).toBe(0)
  // Another version needs no other documentation.
  const printed = terminal.stdout.replace(/^Switchyard [^:]+:/, 'Switchyard 0.1.0:')
  expect(REFERENCE).toContain(`\`\`\`text\n$ switchyard ${call}\n${printed}\`\`\`\n`)
})

test('every exit code is in the reference', () => {
  for (const code of Object.values(EXIT))
    expect(REFERENCE).toMatch(new RegExp(`^\\| ${code} +\\|`, 'm'))
})
