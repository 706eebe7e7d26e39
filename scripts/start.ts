/** `npm start`: `switchyard console` from source, with what stands behind `npm start --`. */
import { runCli } from '../main/cli/run-cli.ts'
import { processTerminal } from '../main/cli/terminal.ts'

process.exitCode = await runCli(['console', ...process.argv.slice(2)], processTerminal())
