/**
 * Finds Electron's binary without loading the `electron` package: since version 42 that package
 * fetches the binary inside `require`, synchronously and without a time limit, and throws where
 * there is no network.
 */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { systemClock, type Clock } from '../../proxy-core/time/clock.ts'

export type ElectronSearch =
  | { readonly isFound: true; readonly path: string }
  /** `reason` is half a sentence. */
  | { readonly isFound: false; readonly reason: string }

export interface ElectronSearchOptions {
  /** The folder of Switchyard's package.json. */
  readonly root: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly say: (line: string) => void
  /** Aborting it ends the search, and an installer that runs for it. */
  readonly signal?: AbortSignal
  readonly clock?: Clock
}

/** How long the download server may take to accept a connection. */
export const CONNECT_LIMIT_MS = 5_000

/** How long the whole download may take once the server was reached. */
export const DOWNLOAD_LIMIT_MS = 5 * 60_000

const STOPPED = 'the search for Electron was stopped'

/** The binary that is there, else the one that Electron's own installer brings in time. */
export async function findElectron(options: ElectronSearchOptions): Promise<ElectronSearch> {
  const packageFolder = electronPackage(options.root)
  const present = overriddenBinary(options.environment) ?? installedBinary(packageFolder)
  if (present !== null) return { isFound: true, path: present }
  if (packageFolder === null) return notFound('the electron package is not installed')
  if (options.signal?.aborted) return notFound(STOPPED)
  const reason = await install(packageFolder, options)
  if (reason !== null) return notFound(reason)
  const path = installedBinary(packageFolder)
  return path === null ? notFound("Electron's installer left no binary") : { isFound: true, path }
}

function notFound(reason: string): ElectronSearch {
  return { isFound: false, reason }
}

function electronPackage(root: string): string | null {
  try {
    return dirname(createRequire(join(root, 'package.json')).resolve('electron/package.json'))
  } catch {
    return null
  }
}

/** electron-vite's and Electron's own ways of naming a binary elsewhere. */
function overriddenBinary(environment: ElectronSearchOptions['environment']): string | null {
  const folder = environment['ELECTRON_OVERRIDE_DIST_PATH']
  const candidates = [
    environment['ELECTRON_EXEC_PATH'],
    folder === undefined ? undefined : join(folder, 'electron')
  ]
  return candidates.find((path) => path !== undefined && path !== '' && existsSync(path)) ?? null
}

function installedBinary(packageFolder: string | null): string | null {
  if (packageFolder === null) return null
  const nameFile = join(packageFolder, 'path.txt')
  if (!existsSync(nameFile)) return null
  const path = join(packageFolder, 'dist', readFileSync(nameFile, 'utf8').trim())
  return existsSync(path) ? path : null
}

/**
 * Runs Electron's installer in a child process. It has the connect limit to finish from its
 * cache; only when the download server accepts a connection in that time may it go on.
 * Returns why it failed, or null.
 */
async function install(
  packageFolder: string,
  { environment, say, signal, clock = systemClock }: ElectronSearchOptions
): Promise<string | null> {
  const server = downloadServer(environment)
  const child = spawn(process.execPath, [join(packageFolder, 'install.js')], {
    stdio: 'ignore',
    env: { ...environment }
  })
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null))
    child.once('exit', resolve)
  })
  let reason = "Electron's installer failed"
  const stopWith = (why: string): void => {
    reason = why
    child.kill('SIGKILL')
  }
  const stop = (): void => stopWith(STOPPED)
  signal?.addEventListener('abort', stop, { once: true })
  let limit = clock.setTimeout(
    () => stopWith(`Electron's binary is not installed and ${server.host} cannot be reached`),
    CONNECT_LIMIT_MS
  )
  const probe = probeConnection(server, clock)
  void probe.isReachable.then((isReachable) => {
    if (!isReachable || child.exitCode !== null || child.signalCode !== null) return
    say(`Fetching Electron's binary from ${server.host}, once …`)
    limit.cancel()
    limit = clock.setTimeout(
      () => stopWith(`the download of Electron's binary took too long`),
      DOWNLOAD_LIMIT_MS
    )
  })
  const code = await ended
  signal?.removeEventListener('abort', stop)
  limit.cancel()
  probe.cancel()
  return code === 0 ? null : reason
}

interface Server {
  readonly host: string
  readonly port: number
}

/** Where Electron's installer will connect to, by its own environment variables. */
export function downloadServer(environment: ElectronSearchOptions['environment']): Server {
  const proxy = environment['HTTPS_PROXY'] ?? environment['https_proxy']
  const isProxied = environment['ELECTRON_GET_USE_PROXY'] !== undefined && proxy !== undefined
  const address = isProxied
    ? proxy
    : (environment['ELECTRON_MIRROR'] ?? environment['npm_config_electron_mirror'])
  const url = URL.parse(address ?? 'https://github.com/') ?? new URL('https://github.com/')
  return { host: url.hostname, port: Number(url.port) || (url.protocol === 'http:' ? 80 : 443) }
}

interface Probe {
  readonly isReachable: Promise<boolean>
  cancel(): void
}

function probeConnection({ host, port }: Server, clock: Clock): Probe {
  const socket = connect({ host, port })
  const limit = clock.setTimeout(() => socket.destroy(), CONNECT_LIMIT_MS)
  const isReachable = new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true))
    // 'close' follows every error; the error's own text is in the installer's hands.
    socket.on('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  })
  void isReachable.then(() => {
    limit.cancel()
    socket.destroy()
  })
  return { isReachable, cancel: () => socket.destroy() }
}
