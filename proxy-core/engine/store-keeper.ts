/**
 * Opens the store of the configuration and keeps trying when that fails: an engine that was killed
 * may hold its lock for a moment, and a disk may come back. Everything else runs meanwhile.
 */
import { SwitchyardError } from '../model/error-catalogue.ts'
import type { StoreOutcome } from '../model/engine-event.ts'
import type { StoreSettings } from '../model/store-settings.ts'
import type { RequestStore } from '../store/request-store.ts'
import type { StoreEvent, StoreEventKind } from '../store/store-event.ts'
import type { StoreOptions } from '../store/store-options.ts'
import type { Timer } from '../time/clock.ts'
import type { EngineContext } from './engine-context.ts'

export type OpenStore = (options: StoreOptions) => Promise<RequestStore>

const TRY_AGAIN_MS = 2000

const OUTCOMES: Readonly<Record<StoreEventKind, StoreOutcome>> = {
  torn_tail: 'repaired',
  quarantined: 'quarantined',
  segment_missing: 'repaired',
  foreign_file: 'repaired',
  rebuilt: 'repaired',
  disk_failed: 'disk_failed',
  disk_recovered: 'disk_recovered'
}

export class StoreKeeper {
  readonly #context: EngineContext
  readonly #open: OpenStore
  readonly #opened: (store: RequestStore) => void
  #timer: Timer | null = null
  /** The last word about it was said; the same one is not said again. */
  #failure = ''
  #isClosed = false

  constructor(context: EngineContext, open: OpenStore, opened: (store: RequestStore) => void) {
    this.#context = context
    this.#open = open
    this.#opened = opened
  }

  /** Resolves after the first try, whatever came of it. */
  async open(settings: StoreSettings): Promise<void> {
    const store = await this.#tryOpen(settings)
    if (store === null) {
      if (this.#isClosed) return
      this.#timer = this.#context.clock.setTimeout(() => void this.open(settings), TRY_AGAIN_MS)
      return
    }
    if (this.#isClosed) await store.close()
    else this.#opened(store)
  }

  /** Tries no more. */
  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
  }

  async #tryOpen(settings: StoreSettings): Promise<RequestStore | null> {
    try {
      return await this.#open({
        directory: settings.directory,
        maxBytes: settings.maxBytes,
        fsyncIntervalMs: settings.fsyncIntervalMs,
        fsyncEveryCount: settings.fsyncCount,
        keepStatusMs: settings.keepStatusMs,
        clock: this.#context.clock,
        report: (event) => this.#report(event)
      })
    } catch (error) {
      const isOurs = error instanceof SwitchyardError
      const reason = error instanceof Error ? error.message : String(error)
      if (reason !== this.#failure) {
        this.#failure = reason
        this.#context.emit({ kind: 'fault', code: isOurs ? error.code : 'INTERNAL', reason })
      }
      return null
    }
  }

  #report({ kind, message }: StoreEvent): void {
    const outcome = OUTCOMES[kind]
    const reason = message.replace(/\.$/, '')
    this.#context.emit({ kind: 'store', outcome, route: null, count: 1, reason })
  }
}
