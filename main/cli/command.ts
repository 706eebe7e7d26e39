/** What a command of the CLI is: one file exports one, `commands.ts` lists it. */
import type { ExitCode } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

export interface OptionSpec {
  /** Without the dashes. */
  readonly name: string
  /** Shown after the name; absent for a switch. */
  readonly value?: string
  /** The values that are taken; absent takes any. */
  readonly choices?: readonly string[]
  /** Ends without a full stop; the default in brackets where there is one. */
  readonly effect: string
}

export interface CommandInput {
  /** As many as the command has operands, and of the optional ones those that were given. */
  readonly operands: readonly string[]
  /** The options that were given: `true` for a switch. */
  readonly options: ReadonlyMap<string, string | true>
}

export interface Command {
  readonly name: string
  /** One line for the list of commands, without a full stop. */
  readonly summary: string
  /** Names of the required operands: `config`. */
  readonly operands: readonly string[]
  /** Names of those that may follow. */
  readonly optionalOperands?: readonly string[]
  readonly options: readonly OptionSpec[]
  /** Paragraphs after the options: exit codes, signals, an example. */
  readonly notes: string
  /** For processes that a command starts itself: works, but is not listed. */
  readonly isInternal?: boolean
  run(input: CommandInput, terminal: Terminal): Promise<ExitCode>
}

/** The command line cannot be understood; the message is a sentence that says what would be. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The value of an option that takes one; undefined when it was not given. */
export function valueOf(input: CommandInput, name: string): string | undefined {
  const value = input.options.get(name)
  return typeof value === 'string' ? value : undefined
}
