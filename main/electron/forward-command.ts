/** `switchyard <command>` in the packaged application: the CLI, without a window. */
import { app } from 'electron'
import { runCli } from '../cli/run-cli.ts'
import { processTerminal } from '../cli/terminal.ts'
import { EXIT } from '../cli/exit-code.ts'
import { enginePath } from '../engine-host/module-path.ts'
import { forwardedWords } from './command-words.ts'
import { forkUtilityEngine } from './utility-engine.ts'

/** They start an engine, which is a utility process, and Electron makes none before it is ready. */
const WITH_ENGINE: ReadonlySet<string> = new Set(['run', 'console'])

/** They fork Node itself, which the packaged binary refuses to be. */
const UNDER_NODE_ONLY: ReadonlySet<string> = new Set(['bench'])

/** Ends the application with the exit code of the command. */
export async function forwardCommand(words: readonly string[]): Promise<void> {
  const [command = ''] = words
  // A command has no place in the Dock.
  if (process.platform === 'darwin') app.dock?.hide()
  const terminal = {
    ...processTerminal(),
    launchEngine: () => forkUtilityEngine(enginePath())
  }
  if (UNDER_NODE_ONLY.has(command)) {
    terminal.err(`switchyard: ${command} runs under Node.js only: npx switchyard ${command}.\n`)
    app.exit(EXIT.notStarted)
    return
  }
  if (WITH_ENGINE.has(command)) await app.whenReady()
  const code = await runCli(forwardedWords(words), terminal)
  await Promise.all([flushed(process.stdout), flushed(process.stderr)])
  app.exit(code)
}

/** `app.exit` waits for nothing: what is still being written to a pipe would be lost. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()))
}
