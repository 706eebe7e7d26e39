/** One action of a command that speaks to a running instance. */
import type { AdminClient } from '../admin-client/admin-client.ts'
import type { CommandInput } from './command.ts'
import type { ExitCode } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

export interface AdminCall {
  readonly input: CommandInput
  readonly terminal: Terminal
  readonly client: AdminClient
}

export type AdminAction = (call: AdminCall) => Promise<ExitCode>

/** With `--json` the answer of the admin API as it is, else its words for a person. */
export function print({ input, terminal }: AdminCall, document: unknown, text: () => string): void {
  terminal.out(`${input.options.has('json') ? JSON.stringify(document, null, 2) : text()}\n`)
}
