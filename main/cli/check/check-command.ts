/** `switchyard check`: everything that can be said of a configuration without running it. */
import { readConfig } from '../../config-file/config-file.ts'
import type { Command, CommandInput } from '../command.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal.ts'
import { checkReport, checkText } from './check-report.ts'

export const checkCommand: Command = {
  name: 'check',
  summary: 'Read a configuration file and name every problem in it',
  operands: ['config'],
  options: [{ name: 'json', effect: 'Print one JSON object instead of text' }],
  notes: `
Nothing is started and no name is resolved. For every pool with a health check the time is
computed that passes before a failed backend is noticed and a healed one is used; for every pool
with levels, when traffic goes to the backups and when it returns.

Exit codes:
  0   the file can be run; it may have warnings
  2   the file has problems or cannot be read
  64  the command line is wrong`,
  run: checkFile
}

async function checkFile(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const config = await readConfig(input.operands[0]!)
  if (input.options.has('json')) terminal.out(`${JSON.stringify(checkReport(config), null, 2)}\n`)
  else terminal.out(checkText(config, terminal.isOutColoured))
  return config.result.ok ? EXIT.done : EXIT.configuration
}
