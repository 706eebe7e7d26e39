/** What a host of the console brings along, and what it gets. */
import type { Clock } from '../../proxy-core/time/clock.ts'
import type { Verdict } from '../../preload/contract/status.ts'
import type { MethodHandlers } from '../contract/method-handlers.ts'
import type { TopicSources } from '../contract/topic-sources.ts'
import type { LaunchEngine } from '../engine-host/engine-child.ts'
import type { Release } from './engine/listeners.ts'
import type { OpenKeyValueFile } from './preferences/settings-file.ts'
import type { SystemVault } from './secrets/secret-store.ts'

export interface HostAbilities {
  /** The host's own dialogue; resolves with null when the operator chose nothing. */
  readonly chooseFile?: () => Promise<string | null>
  readonly openExternal?: (url: string) => Promise<void>
}

export interface ConsoleParts {
  readonly clock: Clock
  /** Of Switchyard. */
  readonly version: string
  /** Absolute; made where it is missing. The host holds its lock. */
  readonly stateFolder: string
  /** Absolute; made where it is missing. */
  readonly settingsFolder: string
  readonly environment: NodeJS.ProcessEnv
  readonly launchEngine: LaunchEngine
  readonly abilities: HostAbilities
  /** The system's encryption; null where the host has none. */
  readonly secretVault: SystemVault | null
  /** Of the host's own kind; default `conf`. The file is the same. */
  readonly openSettings?: OpenKeyValueFile
  /** A line for the log; never with a secret in it. */
  say(line: string): void
}

export interface Console {
  readonly handlers: MethodHandlers
  readonly topics: TopicSources
  /** For the tray, the title and notifications. */
  readonly verdict: {
    readonly current: Verdict
    onChange(listener: (verdict: Verdict) => void): Release
  }
  /**
   * Drains and ends the engine, then everything else; the file that is open is opened again at
   * the next start. Resolves with a sentence on what was stopped. Repeated calls share one stop.
   */
  stop(): Promise<string>
  /** Ends a running `stop` at once: requests that still run are cut. */
  cut(): void
  /** "Quit and stop the proxy (1.24k req/s)", or "Quit" while nothing is served. */
  stopSentence(): string
}
