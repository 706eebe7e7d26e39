/**
 * Starts the console on the best host that this machine has: a desktop window where there are a
 * display and Electron's binary, else the web host on loopback, with one line that says why.
 */
import type { Clock } from '../../proxy-core/time/clock.ts'
import { helloFrom } from '../page/hello.ts'
import { findInstall, type InstallLayout } from '../page/install-layout.ts'
import { readPageFiles } from '../page/page-files.ts'
import { browserCommand, openBrowser } from './browser-opener.ts'
import { runDesktopWindow } from './desktop-window.ts'
import { thisDisplay, whyNoWindow, type DisplayFacts } from './display.ts'
import { findElectron } from './electron-finder.ts'
import { startWebHost } from './web-host.ts'

export interface ConsoleOptions {
  /** `auto` opens a window where it can; `web` never looks for one. Default `auto`. */
  readonly host?: 'auto' | 'web'
  /** Port of the web host on 127.0.0.1. Default 0: a free one. */
  readonly port?: number
  /** Whether to open a browser at the page where there is a display. Default true. */
  readonly isBrowserWanted?: boolean
  /** Receives the lines for the operator. */
  readonly say: (line: string) => void
  /** Aborting it ends the console. */
  readonly signal: AbortSignal
  readonly install?: InstallLayout
  readonly display?: DisplayFacts
  readonly clock?: Clock
}

/**
 * Runs the console until its window is closed or the signal aborts, and resolves with the exit
 * code.
 * @throws SwitchyardError INSTALLATION_INCOMPLETE, PORT_IN_USE, PORT_NOT_PERMITTED, LISTEN_FAILED.
 */
export async function startConsole(options: ConsoleOptions): Promise<number> {
  const install = options.install ?? findInstall()
  if (options.host !== 'web') {
    const end = await tryWindow(options, install)
    if (end.outcome === 'ended') return end.exitCode
    options.say(`No desktop window: ${end.reason}. The console is served to a browser instead.`)
  }
  if (options.signal.aborted) return 0
  return serveToBrowser(options, install)
}

async function tryWindow(
  options: ConsoleOptions,
  install: InstallLayout
): ReturnType<typeof runDesktopWindow> {
  const display = options.display ?? thisDisplay()
  const obstacle = whyNoWindow(display)
  if (obstacle !== null) return { outcome: 'failed', reason: obstacle }
  const { environment } = display
  const { say, signal } = options
  const time = options.clock === undefined ? {} : { clock: options.clock }
  const search = await findElectron({ root: install.root, environment, say, ...time })
  if (!search.isFound) return { outcome: 'failed', reason: search.reason }
  return runDesktopWindow({ binary: search.path, root: install.root, signal, ...time })
}

async function serveToBrowser(options: ConsoleOptions, install: InstallLayout): Promise<number> {
  const host = await startWebHost({
    files: readPageFiles(install.rendererFolder),
    hello: helloFrom('web', install.version),
    port: options.port ?? 0,
    ...(options.clock === undefined ? {} : { clock: options.clock })
  })
  const display = options.display ?? thisDisplay()
  const url = host.mintUrl()
  options.say(`Switchyard console: ${url}`)
  options.say('The link is good once and for 10 minutes. Stop with Ctrl+C.')
  if (display.environment['SSH_CONNECTION'] !== undefined) {
    options.say(`From your own machine: ssh -L ${host.port}:127.0.0.1:${host.port} <this machine>`)
  }
  const command = options.isBrowserWanted === false ? null : browserCommand(display, url)
  if (command !== null && !(await openBrowser(command))) {
    options.say(`${command.file} could not open a browser; open the link yourself.`)
  }
  await aborted(options.signal)
  await host.close()
  return 0
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
