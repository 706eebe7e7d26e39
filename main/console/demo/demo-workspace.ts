/** The demo as the open workspace: its engine, its backends, its load, and nothing left behind. */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { DemoState } from '../../../preload/contract/workspace-state.ts'
import { DemoOrigin } from '../workspace/config-origin.ts'
import type { EngineDesk } from '../workspace/engine-desk.ts'
import { EngineSeat } from '../workspace/engine-seat.ts'
import { OpenConfig } from '../workspace/open-config.ts'
import { SessionTexts } from '../workspace/session-texts.ts'
import { Demo, type DemoParts } from './demo.ts'

export interface DemoWorkspaceParts extends DemoParts {
  readonly engine: EngineDesk
  /** The console's own. */
  readonly stateFolder: string
}

/** A port that was free a moment ago may be taken now. */
const ATTEMPTS = 3

export class DemoWorkspace {
  readonly kind = 'demo'
  readonly config: OpenConfig
  readonly #demo: Demo
  readonly #seat: EngineSeat
  readonly #folder: string

  private constructor(parts: {
    readonly demo: Demo
    readonly seat: EngineSeat
    readonly config: OpenConfig
    readonly folder: string
  }) {
    this.#demo = parts.demo
    this.#seat = parts.seat
    this.config = parts.config
    this.#folder = parts.folder
  }

  /** Rejects with what kept it from starting; then nothing of it is left. */
  static async start(parts: DemoWorkspaceParts): Promise<DemoWorkspace> {
    const folder = await emptyFolder(parts.stateFolder)
    const demo = new Demo(parts)
    try {
      await demo.begin()
      const workspace = await listening(parts.engine, demo, folder)
      workspace.followListener()
      demo.beginLoad()
      return workspace
    } catch (error) {
      await parts.engine.close()
      await demo.end()
      await rm(folder, { recursive: true, force: true })
      throw error
    }
  }

  static of(engine: EngineDesk, demo: Demo, text: string, folder: string): DemoWorkspace {
    const seat = new EngineSeat(engine, folder)
    const origin = new DemoOrigin(text, folder)
    const config = new OpenConfig({
      origin,
      engine: seat,
      stagedFile: null,
      texts: new SessionTexts()
    })
    return new DemoWorkspace({ demo, seat, config, folder })
  }

  get demo(): DemoState {
    return this.#demo.state
  }

  get isListening(): boolean {
    return this.#seat.listeners.length > 0 && this.#seat.listeners.every(({ isOpen }) => isOpen)
  }

  setBackend(name: string, isRunning: boolean): Promise<void> {
    return this.#demo.setBackend(name, isRunning)
  }

  /** The operator may move the listener of the demo as any other; the load goes with it. */
  followListener(): void {
    const listener = this.#seat.listeners.find(({ scheme, isOpen }) => scheme === 'http' && isOpen)
    if (listener) this.#demo.aimAt(`http://${listener.address}`)
  }

  async close(): Promise<void> {
    this.#demo.stopLoad()
    await this.config.close()
    await this.#demo.end()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

/** What an earlier demo that was killed has left goes now. */
export async function removeDemoFolder(stateFolder: string): Promise<string> {
  const folder = join(stateFolder, 'demo')
  await rm(folder, { recursive: true, force: true })
  return folder
}

async function emptyFolder(stateFolder: string): Promise<string> {
  const folder = await removeDemoFolder(stateFolder)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return folder
}

async function listening(engine: EngineDesk, demo: Demo, folder: string): Promise<DemoWorkspace> {
  let reason = `the listener on ${demo.state.listenerUrl} could not be opened.`
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const workspace = DemoWorkspace.of(engine, demo, await demo.document(), folder)
    await workspace.config.start()
    if (workspace.isListening) return workspace
    reason = workspace.config.problems[0]?.message ?? reason
  }
  throw new SwitchyardError('LISTEN_FAILED', `The demo: ${reason}`)
}
