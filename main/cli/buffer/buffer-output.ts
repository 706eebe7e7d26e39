/** The answer of the admin API as it is, or its words for a person. */
import type { CommandInput } from '../command.ts'
import type { Terminal } from '../terminal.ts'

export function print(
  input: CommandInput,
  terminal: Terminal,
  document: unknown,
  text: () => string
): void {
  terminal.out(`${input.options.has('json') ? JSON.stringify(document, null, 2) : text()}\n`)
}
