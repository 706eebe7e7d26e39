/**
 * Starts the console on the host that the operator wants, or on the best one that this machine
 * has: a desktop window where there are a display and Electron's binary, else the web host on
 * loopback, with one line that says why.
 */
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import type { Clock } from '../../proxy-core/time/clock.ts'
import type { LaunchEngine } from '../engine-host/engine-child.ts'
import { findInstall, type InstallLayout } from '../page/install-layout.ts'
import { browserCommand, openBrowser } from './browser-opener.ts'
import { runDesktopWindow } from './desktop-window.ts'
import { thisDisplay, whyNoWindow, type DisplayFacts } from './display.ts'
import { findElectron } from './electron-finder.ts'
import { serveConsole, type CreateConsole } from './serve-console.ts'

export interface ConsoleOptions {
  /** `auto` opens a window where it can; `electron` nothing else; `web` never looks for one. */
  readonly host: 'auto' | 'electron' | 'web'
  /** Port of the web host on 127.0.0.1. Default 0: a free one. */
  readonly port?: number
  /** Whether to open a browser at the page where there is a display. Default true. */
  readonly isBrowserWanted?: boolean
  /** Receives the lines for the operator. */
  readonly say: (line: string) => void
  /** Receives the lines of the log. */
  readonly log: (line: string) => void
  /** Aborting it ends the console. */
  readonly signal: AbortSignal
  /** Aborting it cuts what `signal` lets finish. */
  readonly impatience: AbortSignal
  readonly install?: InstallLayout
  readonly display?: DisplayFacts
  readonly clock?: Clock
  readonly createConsole?: CreateConsole
  readonly launchEngine?: LaunchEngine
}

/**
 * Runs the console until its window is closed or the signal aborts, and resolves with the exit
 * code.
 * @throws SwitchyardError ABILITY_MISSING when a wanted window cannot be opened, and what
 * `serveConsole` throws.
 */
export async function startConsole(options: ConsoleOptions): Promise<number> {
  const install = options.install ?? findInstall()
  if (options.host !== 'web') {
    const end = await tryWindow(options, install)
    if (end.outcome === 'ended') return end.exitCode
    if (!options.signal.aborted) explain(end.reason, options)
  }
  if (options.signal.aborted) return 0
  return serveToBrowser(options, install)
}

/** Throws ABILITY_MISSING where nothing but a window is wanted. */
function explain(reason: string, { host, say }: ConsoleOptions): void {
  if (host === 'electron') throw noWindow(reason)
  say(`No desktop window: ${reason}. The console is served to a browser instead.`)
}

function noWindow(reason: string): SwitchyardError {
  const message =
    `No desktop window can be opened: ${reason}. ` +
    '`switchyard console --host web` serves the console to a browser.'
  return new SwitchyardError('ABILITY_MISSING', message)
}

async function tryWindow(
  options: ConsoleOptions,
  install: InstallLayout
): ReturnType<typeof runDesktopWindow> {
  const display = options.display ?? thisDisplay()
  const obstacle = whyNoWindow(display)
  if (obstacle !== null) return { outcome: 'failed', reason: obstacle }
  const { environment } = display
  const { root } = install
  const { say, signal, impatience } = options
  const time = options.clock === undefined ? {} : { clock: options.clock }
  const search = await findElectron({ root, environment, say, signal, ...time })
  if (!search.isFound) return { outcome: 'failed', reason: search.reason }
  return runDesktopWindow({ binary: search.path, root, say, signal, impatience, ...time })
}

async function serveToBrowser(options: ConsoleOptions, install: InstallLayout): Promise<number> {
  const display = options.display ?? thisDisplay()
  const { host, stop, cut } = await serveConsole({
    install,
    environment: { ...display.environment },
    port: options.port ?? 0,
    log: options.log,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.createConsole === undefined ? {} : { createConsole: options.createConsole }),
    ...(options.launchEngine === undefined ? {} : { launchEngine: options.launchEngine })
  })
  options.impatience.addEventListener('abort', cut, { once: true })
  const keepAlive = setInterval(() => {}, KEEP_ALIVE_MS)
  try {
    await announce(options, display, host.mintUrl(), host.port)
    await aborted(options.signal)
  } finally {
    options.say(await stop())
    options.impatience.removeEventListener('abort', cut)
    clearInterval(keepAlive)
  }
  return 0
}

/** The listening socket keeps the process alive; this does while it closes and the engine drains. */
const KEEP_ALIVE_MS = 60 * 60 * 1000

async function announce(
  { say, isBrowserWanted }: ConsoleOptions,
  display: DisplayFacts,
  url: string,
  port: number
): Promise<void> {
  say(`Switchyard console: ${url}`)
  say('The link is good once and for 10 minutes; `switchyard console --url` prints another one.')
  say('Stop with Ctrl+C.')
  if (display.environment['SSH_CONNECTION'] !== undefined) {
    say(`From your own machine: ssh -L ${port}:127.0.0.1:${port} <this machine>`)
  }
  const command = isBrowserWanted === false ? null : browserCommand(display, url)
  if (command !== null && !(await openBrowser(command))) {
    say(`${command.file} could not open a browser; open the link yourself.`)
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
