/**
 * The console under plain Node: its services, and the web host in front of them, from the lock to
 * the last sentence. The engine is a child process of this one.
 */
import type { Hello } from '../../preload/contract/hello.ts'
import { systemClock, type Clock } from '../../proxy-core/time/clock.ts'
import type { Console, ConsoleParts } from '../console/console.ts'
import { OperationBook } from '../contract/operation-book.ts'
import { serveContract } from '../contract/serve-contract.ts'
import { forkEngine, type LaunchEngine } from '../engine-host/engine-child.ts'
import { enginePath } from '../engine-host/module-path.ts'
import { consoleFolders, type ConsoleFolders } from '../page/console-folders.ts'
import { helloFrom } from '../page/hello.ts'
import type { InstallLayout } from '../page/install-layout.ts'
import { readPageFiles } from '../page/page-files.ts'
import { lockConsole } from './console-lock.ts'
import { newMintKey, removeHostFile, writeHostFile } from './host-file.ts'
import { startWebHost, type WebHost } from './web-host.ts'

export type CreateConsole = (parts: ConsoleParts) => Promise<Console>

export interface ServedConsoleParts {
  readonly install: InstallLayout
  readonly environment: NodeJS.ProcessEnv
  /** 0: a free one. */
  readonly port: number
  readonly clock?: Clock
  /** Takes lines for the log. */
  readonly log: (line: string) => void
  /** Default: a fork of Node. */
  readonly launchEngine?: LaunchEngine
  /** Makes the services; the console's own unless a test has others. */
  readonly createConsole?: CreateConsole
}

export interface ServedConsole {
  readonly host: WebHost
  /** Ends pages, services and engine, and resolves with a sentence on what was stopped. */
  stop(): Promise<string>
  /** Ends a running stop at once: requests that still run are cut. */
  cut(): void
}

/**
 * @throws SwitchyardError CONSOLE_RUNNING, STATE_UNUSABLE, INSTALLATION_INCOMPLETE, PORT_IN_USE,
 * PORT_NOT_PERMITTED, LISTEN_FAILED, and what the services may meet.
 */
export async function serveConsole(parts: ServedConsoleParts): Promise<ServedConsole> {
  const folders = consoleFolders(parts.environment)
  const files = readPageFiles(parts.install.rendererFolder)
  const lock = await lockConsole(folders.stateFolder)
  try {
    const services = await createServices(parts, folders)
    const host = await openHost(parts, services, files, folders).catch(async (error: unknown) => {
      await services.stop()
      throw error
    })
    return {
      host,
      stop: () => stop(host, services, folders, lock),
      cut: () => services.cut()
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function createServices(
  { environment, install, log, clock = systemClock, ...parts }: ServedConsoleParts,
  folders: ConsoleFolders
): Promise<Console> {
  // Loaded here, so that the other commands start without the console's services.
  const create = parts.createConsole ?? (await import('../console/console.ts')).createConsole
  return create({
    clock,
    version: install.version,
    ...folders,
    environment,
    launchEngine: parts.launchEngine ?? (() => forkEngine(enginePath())),
    abilities: {},
    secretVault: null,
    say: log
  })
}

async function openHost(
  { install, port, log, clock = systemClock }: ServedConsoleParts,
  { handlers, topics }: Console,
  files: ReturnType<typeof readPageFiles>,
  { stateFolder }: ConsoleFolders
): Promise<WebHost> {
  const hello: Hello = helloFrom('web', install.version)
  const operations = new OperationBook(clock)
  const actor = 'operator (browser)'
  const mintKey = newMintKey()
  const host = await startWebHost({
    files,
    hello,
    port,
    clock,
    mintKey,
    log,
    serve: (channel) =>
      serveContract(channel, { hello, handlers, topics, operations, actor, clock, log })
  })
  try {
    await writeHostFile(stateFolder, { port: host.port, mintKey })
    return host
  } catch (error) {
    await host.close('The console could not be started.')
    throw error
  }
}

async function stop(
  host: WebHost,
  services: Console,
  { stateFolder }: ConsoleFolders,
  lock: { release(): Promise<void> }
): Promise<string> {
  try {
    await removeHostFile(stateFolder)
    await host.close('The console was stopped.')
    return await services.stop()
  } finally {
    await lock.release()
  }
}
