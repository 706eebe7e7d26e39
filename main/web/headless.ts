/** The Node entry of the web host, for a machine without a display: `headless.js [--port n]`. */
import { runCli } from '../cli/run-cli.ts'
import { processTerminal } from '../cli/terminal.ts'

const WISHES = ['--host', 'web', '--no-open', ...process.argv.slice(2)]

process.exitCode = await runCli(['console', ...WISHES], processTerminal())
