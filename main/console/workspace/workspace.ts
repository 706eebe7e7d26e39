/**
 * What the console works on: nothing, the demo, or a configuration file of the operator's. Opens
 * and closes it, follows its changes, and tells its state.
 */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { Clock, Timer } from '../../../proxy-core/time/clock.ts'
import type { Environment, WorkspaceState } from '../../../preload/contract/workspace-state.ts'
import type { LoadOutcome } from '../../engine-host/engine-link.ts'
import { DemoWorkspace, removeDemoFolder } from '../demo/demo-workspace.ts'
import type { FindPort } from '../demo/demo.ts'
import { Listeners, type Release } from '../engine/listeners.ts'
import { FileOrigin } from './config-origin.ts'
import { stagedSentences } from './config-review.ts'
import { ConfigWork } from './config-work.ts'
import type { EngineDesk } from './engine-desk.ts'
import { FileWorkspace } from './file-workspace.ts'
import { Lane } from './lane.ts'
import type { OpenConfig, OutsideChange } from './open-config.ts'
import { RollbackWatch, type ErrorShare } from './rollback-watch.ts'
import { SessionTexts } from './session-texts.ts'
import type { VersionLog } from './version-log.ts'
import { WorkspaceMemory } from './workspace-memory.ts'
import type { WorkspaceNotice } from './workspace-notice.ts'

export interface LastEndDesk {
  /** null: nothing to tell, or dismissed. */
  readonly current: { readonly atMs: number; readonly sentence: string } | null
  dismiss(): void
}

export interface WorkspaceParts {
  readonly clock: Clock
  readonly engine: EngineDesk
  /** The console's own. */
  readonly stateFolder: string
  /** For the state directories of engines. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly versions: VersionLog
  readonly errorShare: ErrorShare
  readonly lastEnd: LastEndDesk
  readonly findPort: FindPort
  /** The operator has switched every change off. */
  isReadOnly(): boolean
  notice(notice: WorkspaceNotice): void
  /** A line for the log of the console. */
  say(line: string): void
}

/** An engine that is down comes back after its first restart delay. */
const LOOK_AGAIN_MS = 1_000

export class Workspace {
  /** Staging, review, applying, versions. */
  readonly config: ConfigWork
  readonly #parts: WorkspaceParts
  readonly #memory: WorkspaceMemory
  readonly #lane = new Lane()
  readonly #texts = new SessionTexts()
  readonly #onChange: Listeners<WorkspaceState>
  readonly #rollbackWatch: RollbackWatch
  #open: FileWorkspace | DemoWorkspace | null = null
  #lookAgain: Timer | null = null
  #state: WorkspaceState

  private constructor(parts: WorkspaceParts, memory: WorkspaceMemory) {
    this.#parts = parts
    this.#memory = memory
    this.#onChange = new Listeners((error) =>
      parts.say(`A view of the workspace failed: ${String(error)}`)
    )
    this.#rollbackWatch = new RollbackWatch(parts.clock, parts.errorShare)
    this.config = new ConfigWork({
      lane: this.#lane,
      versions: parts.versions,
      rollbackWatch: this.#rollbackWatch,
      current: () => this.#open?.config ?? null,
      environment: () => this.#state.environment,
      isReadOnly: () => parts.isReadOnly(),
      onChange: () => this.#publish(),
      onOutsideChange: (config, change) => this.#takeOutsideChange(config, change),
      notice: (notice) => parts.notice(notice)
    })
    this.#state = this.#compose()
  }

  /** Nothing is open yet. Throws STATE_UNUSABLE. */
  static async create(parts: WorkspaceParts): Promise<Workspace> {
    return new Workspace(parts, await WorkspaceMemory.read(parts.stateFolder))
  }

  get state(): WorkspaceState {
    return this.#state
  }

  onChange(listener: (state: WorkspaceState) => void): Release {
    return this.#onChange.add(listener)
  }

  /** Opens what was open when the last console ended; what keeps it from that is a notice. */
  start(): Promise<void> {
    return this.#lane.run(async () => {
      await removeDemoFolder(this.#parts.stateFolder)
      const file = this.#memory.lastOpened
      if (file !== null) await this.#reopen(file)
      this.#publish()
    })
  }

  /**
   * Opens a file and runs it; one with problems is opened too, and nothing runs then. Throws
   * CONFIG_UNREADABLE, INSTANCE_LOCKED, STATE_UNUSABLE, ENGINE_DIED, ENGINE_SILENT; then the file
   * that was open before is open again.
   */
  open(file: string): Promise<WorkspaceState> {
    return this.#lane.run(async () => {
      const path = absolute(file)
      await new FileOrigin(path).read()
      if (this.#open?.kind === 'file' && this.#open.file === path)
        return this.#refresh(this.#open.config)
      const before = this.#open?.kind === 'file' ? this.#open.file : null
      await this.#closeOpen()
      try {
        await this.#openFile(path)
      } catch (error) {
        await this.#closeOpen()
        if (before !== null) await this.#reopen(before)
        throw error
      } finally {
        this.#publish()
      }
      return this.#state
    })
  }

  /** Ends the engine and gives the workspace up; what is staged stays for the next time. */
  close(): Promise<WorkspaceState> {
    return this.#lane.run(async () => {
      await this.#closeOpen()
      await this.#memory.noteClosed()
      return this.#publish()
    })
  }

  /** Throws WORKSPACE_NONE; the demo is always `dev`. */
  setEnvironment(environment: Environment): Promise<WorkspaceState> {
    return this.#lane.run(async () => {
      if (this.#open?.kind !== 'file') {
        const message = 'No file is open that could have an environment.'
        throw new SwitchyardError('WORKSPACE_NONE', message)
      }
      await this.#memory.setEnvironment(this.#open.file, environment)
      return this.#publish()
    })
  }

  dismissLastEnd(): WorkspaceState {
    this.#parts.lastEnd.dismiss()
    return this.#publish()
  }

  /** What others keep for the state has changed: `lastEnd`. */
  refreshState(): void {
    this.#publish()
  }

  /** Ends the engine and starts it, with the text on disk where that is good. */
  restartEngine(): Promise<LoadOutcome> {
    return this.#lane.run(async () => {
      const open = this.#open
      if (!open) throw new SwitchyardError('WORKSPACE_NONE', 'No configuration is open.')
      const outcome = await open.config.restartEngine()
      this.config.recordRunning(open.config, 'operator', 'The engine was restarted', ['Restarted'])
      this.#publish()
      return outcome
    })
  }

  /** What is open before is closed, and stays among the recent files. */
  startDemo(): Promise<WorkspaceState> {
    return this.#lane.run(async () => {
      if (this.#open?.kind === 'demo') return this.#state
      await this.#closeOpen()
      try {
        this.#open = await DemoWorkspace.start(this.#parts)
      } finally {
        this.#publish()
      }
      return this.#state
    })
  }

  stopDemo(): Promise<WorkspaceState> {
    return this.#lane.run(async () => {
      if (this.#open?.kind === 'demo') await this.#closeOpen()
      return this.#publish()
    })
  }

  /** Throws BACKEND_UNKNOWN, PORT_IN_USE. */
  setDemoBackend(name: string, isRunning: boolean): Promise<WorkspaceState> {
    return this.#lane.run(async () => {
      if (this.#open?.kind !== 'demo') {
        throw new SwitchyardError('BACKEND_UNKNOWN', 'The demo does not run.')
      }
      await this.#open.setBackend(name, isRunning)
      return this.#publish()
    })
  }

  /** The console ends, and the engine with it: the file is opened again at the next start. */
  async stop(): Promise<void> {
    await this.#lane.run(() => this.#closeOpen())
  }

  async #openFile(file: string): Promise<void> {
    const open = new FileWorkspace(file, {
      ...this.#parts,
      texts: this.#texts,
      onChange: (workspace) => this.#look(workspace.config),
      onWatchLost: (reason) => this.#warn(`${reason} Open the file again to load its changes.`)
    })
    this.#open = open
    await open.config.start()
    await this.#memory.noteOpened(file)
    this.config.recordRunning(open.config, 'console', 'Opened', ['Opened'])
    const { lostSecrets } = open.config
    if (lostSecrets > 0) this.#warn(lostSecretsSentence(open.config.origin.name, lostSecrets))
  }

  async #reopen(file: string): Promise<void> {
    try {
      await this.#openFile(file)
    } catch (error) {
      if (!(error instanceof SwitchyardError)) throw error
      await this.#closeOpen()
      this.#warn(`${file} was open before and could not be opened again: ${error.message}`, error)
    }
  }

  async #closeOpen(): Promise<void> {
    const open = this.#open
    this.#lookAgain?.cancel()
    this.#rollbackWatch.stop()
    this.#open = null
    await open?.close()
  }

  #look(config: OpenConfig): void {
    const looked = this.#lane.run(async () => {
      if (this.#open?.config === config) await this.#refresh(config)
    })
    looked.catch((error: unknown) => {
      this.#parts.say(`${config.origin.file} could not be looked at again: ${String(error)}`)
    })
  }

  async #refresh(config: OpenConfig): Promise<WorkspaceState> {
    this.#takeOutsideChange(config, await config.refresh())
    return this.#publish()
  }

  #takeOutsideChange(config: OpenConfig, change: OutsideChange): void {
    const { file } = config.origin
    switch (change.kind) {
      case 'none':
        return
      case 'loaded':
        return this.config.recordRunning(
          config,
          'another program',
          'Changed on disk',
          change.changes
        )
      case 'waiting':
        return this.#warn(
          `${file} was changed by another program; it is not loaded while edits are staged here.`
        )
      case 'refused':
        return this.#warn(
          `${file} was changed by another program and is not used: ${change.reason}`
        )
      case 'engine_down':
        this.#lookAgain?.cancel()
        this.#lookAgain = this.#parts.clock.setTimeout(() => this.#look(config), LOOK_AGAIN_MS)
    }
  }

  #warn(text: string, error?: SwitchyardError): void {
    const code = error?.code ?? null
    this.#parts.notice({ severity: 'warning', text, code, restoreVersionId: null })
  }

  #publish(): WorkspaceState {
    if (this.#open?.kind === 'demo') this.#open.followListener()
    const state = this.#compose()
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return this.#state
    this.#state = state
    this.#onChange.tell(state)
    return state
  }

  #compose(): WorkspaceState {
    const open = this.#open
    const config = open?.config ?? null
    const file = open?.kind === 'file' ? open.file : null
    const { current } = this.#parts.lastEnd
    return {
      kind: open?.kind ?? 'none',
      name: config?.origin.name ?? '',
      file,
      environment: file === null ? 'dev' : this.#memory.environmentOf(file),
      runningHash: config?.running?.hash ?? null,
      diskHash: config?.disk?.hash ?? null,
      stagedHash: config?.staged?.config.hash ?? null,
      staged: config ? [...stagedSentences(config)] : [],
      problems: config ? [...config.problems] : [],
      recentFiles: [...this.#memory.recentFiles],
      demo: open?.demo ?? null,
      lastEnd: current ? { ...current } : null
    }
  }
}

function lostSecretsSentence(name: string, count: number): string {
  const which = count === 1 ? 'A secret that was' : `${count} secrets that were`
  return `${which} typed into the staged edit of ${name} ended with the last console: type ${count === 1 ? 'it' : 'them'} again before you apply it.`
}

/** `~/` is what people type; everything else relative starts where the console was started. */
function absolute(file: string): string {
  return file.startsWith('~/') ? join(homedir(), file.slice(2)) : resolve(file)
}
