/** The entry of the `switchyard` command under Node. */
import { runCli } from './run-cli.ts'
import { processTerminal } from './terminal.ts'

// Not process.exit(): what is still being written to a pipe would be lost.
process.exitCode = await runCli(process.argv.slice(2), processTerminal())
