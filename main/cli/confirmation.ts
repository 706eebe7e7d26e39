/** Asks a person before something is changed. */
import { UsageError, type CommandInput } from './command.ts'
import type { Terminal } from './terminal.ts'

export interface Asked {
  readonly input: CommandInput
  readonly terminal: Terminal
}

/** Shows what stands at stake first; `--yes` asks nothing. Throws UsageError where nobody can be asked. */
export async function isConfirmed(
  { input, terminal }: Asked,
  question: string,
  stake: () => Promise<string>
): Promise<boolean> {
  if (input.options.has('yes')) return true
  if (terminal.openKeyboard === undefined) {
    throw new UsageError('Nobody is here to be asked: add --yes where this is meant to happen.')
  }
  terminal.err(`${await stake()}\n`)
  const keyboard = terminal.openKeyboard()
  const answer = await keyboard.ask(`${question} [y/N] `)
  keyboard.close()
  if (/^y(es)?$/i.test(answer?.trim() ?? '')) return true
  terminal.err('Nothing was changed.\n')
  return false
}
