/** Finds the command, parses its words, runs it; every way to end is an exit code. */
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import { UsageError, type Command } from './command.ts'
import { parseCommandLine, unknownWord } from './command-line.ts'
import { COMMANDS } from './commands.ts'
import { EXIT, exitCodeOf, type ExitCode } from './exit-code.ts'
import { commandHelp, overview } from './help.ts'
import { productVersion } from './product-version.ts'
import type { Terminal } from './terminal.ts'

/** Never rejects. */
export async function runCli(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    return await dispatch(words, terminal)
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.err(`switchyard: ${error.message}\nSee switchyard --help.\n`)
      return EXIT.usage
    }
    if (error instanceof SwitchyardError) {
      terminal.err(`switchyard: ${error.message} ${error.remedy}\n`)
      return exitCodeOf(error)
    }
    terminal.err(`switchyard: ${error instanceof Error ? error.message : String(error)}\n`)
    return EXIT.internal
  }
}

async function dispatch(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [first, ...rest] = words
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    return help(rest[0], terminal, first === undefined)
  }
  if (first === '--version' || first === '-v') {
    terminal.out(`${productVersion()}\n`)
    return EXIT.done
  }
  const command = find(first)
  const input = parseCommandLine(command, rest)
  if (!input.options.has('help')) return command.run(input, terminal)
  terminal.out(commandHelp(command))
  return EXIT.done
}

/** Asked for, help is a result; a bare `switchyard` is a mistake that it explains. */
function help(topic: string | undefined, terminal: Terminal, isMistake: boolean): ExitCode {
  const text = topic === undefined ? overview(COMMANDS, productVersion()) : commandHelp(find(topic))
  if (isMistake) terminal.err(text)
  else terminal.out(text)
  return isMistake ? EXIT.usage : EXIT.done
}

function find(name: string): Command {
  const command = COMMANDS.find((candidate) => candidate.name === name)
  if (command) return command
  const listed = COMMANDS.filter((candidate) => !candidate.isInternal)
  const noun = name.startsWith('-') ? 'option' : 'command'
  const known = noun === 'option' ? ['--help', '--version'] : listed.map((one) => one.name)
  throw unknownWord(noun, name, known)
}
