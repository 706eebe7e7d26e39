/** Opens the operator's browser at an address, where there is a display to show it on. */
import { spawn } from 'node:child_process'
import { hasDisplay, type DisplayFacts } from './display.ts'

export interface BrowserCommand {
  readonly file: string
  readonly args: readonly string[]
}

/** The command for this platform, or null where no browser should or could be opened. */
export function browserCommand(facts: DisplayFacts, url: string): BrowserCommand | null {
  if (facts.environment['BROWSER'] === 'none' || !hasDisplay(facts)) return null
  if (facts.platform === 'darwin') return { file: 'open', args: [url] }
  // `start` is part of the shell and would take `&` apart; this entry point takes one argument.
  if (facts.platform === 'win32') {
    return { file: 'rundll32', args: ['url.dll,FileProtocolHandler', url] }
  }
  return { file: 'xdg-open', args: [url] }
}

/** Resolves with false where the command is missing or fails to start; the URL is printed anyway. */
export function openBrowser(command: BrowserCommand): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command.file, command.args, { stdio: 'ignore', detached: true })
    child.once('error', () => resolve(false))
    child.once('spawn', () => {
      child.unref()
      resolve(true)
    })
  })
}
