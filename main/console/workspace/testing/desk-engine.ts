/** An engine desk that keeps a book of what it was asked: for tests of who decides what, and when. */
import {
  type SwitchyardError,
  type ErrorCode
} from '../../../../proxy-core/model/error-catalogue.ts'
import type { OpenAdmin } from '../../../../proxy-core/model/control-protocol.ts'
import type { EngineLoad, LoadOutcome } from '../../../engine-host/engine-link.ts'
import type { EngineDesk } from '../engine-desk.ts'

interface Refusal {
  readonly code: ErrorCode
  readonly reason: string
}

export class DeskEngine implements EngineDesk {
  /** "open", "reload", "restart", "close", in the order of asking. */
  readonly calls: string[] = []
  /** What it runs; null while none does. */
  running: EngineLoad | null = null
  /** The next load is refused with this. */
  refuseNext: Refusal | null = null
  /** The next call rejects with this. */
  failNext: SwitchyardError | null = null
  /** What it answers of its admin API; null = that could not be opened. */
  admin: OpenAdmin | null = {
    address: '127.0.0.1:9000',
    scheme: 'http',
    certificateFile: null
  }
  /** Called while it loads, before it answers. */
  onLoad: (load: EngineLoad) => void | Promise<void> = () => {}

  open(load: EngineLoad): Promise<LoadOutcome> {
    return this.#load('open', load)
  }

  reload(load: EngineLoad): Promise<LoadOutcome> {
    return this.#load('reload', load)
  }

  restart(load: EngineLoad): Promise<LoadOutcome> {
    return this.#load('restart', load)
  }

  close(): Promise<void> {
    this.calls.push('close')
    this.running = null
    return Promise.resolve()
  }

  async #load(call: string, load: EngineLoad): Promise<LoadOutcome> {
    this.calls.push(call)
    await this.onLoad(load)
    const { failNext, refuseNext } = this
    this.failNext = null
    this.refuseNext = null
    // What comes while the engine is down, or does not answer, is what it runs when it is back.
    if (failNext?.code === 'ENGINE_DIED' || failNext?.code === 'ENGINE_SILENT') this.running = load
    if (failNext) throw failNext
    if (refuseNext) return { ok: false, ...refuseNext, problems: [] }
    this.running = load
    return { ok: true, listeners: [], admin: this.admin }
  }
}
