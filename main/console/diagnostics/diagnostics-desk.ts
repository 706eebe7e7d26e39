/** Facts about this console for whoever mends it, and the same as text to paste into a report. */
import { availableParallelism, release } from 'node:os'
import type { Diagnostics } from '../../../preload/contract/methods/console-methods.ts'
import type { EngineStatus } from '../../../preload/contract/live-state.ts'
import type { SecretStoreFacts } from '../../../preload/contract/preferences.ts'
import { LoopLag } from '../../../proxy-core/metrics/loop-lag.ts'
import type { Clock } from '../../../proxy-core/time/clock.ts'
import type { MethodHandlers } from '../../contract/method-handlers.ts'
import type { HistoryStore } from '../history/history-store.ts'
import { diagnosticsReport, type ReportFacts } from './diagnostics-report.ts'

export interface DiagnosticsParts {
  readonly clock: Clock
  /** Of Switchyard. */
  readonly version: string
  readonly stateFolder: string
  readonly settingsFile: string
  readonly history: HistoryStore
  readonly secrets: SecretStoreFacts
  readonly engineStatus: () => EngineStatus
  /** "3 pools, 12 backends, 1 listener", without names or addresses; "" = nothing is open. */
  readonly workspaceSize?: () => string
}

export class DiagnosticsDesk {
  readonly handlers: Pick<MethodHandlers, 'diagnostics.read'>
  readonly #parts: DiagnosticsParts
  readonly #startedMs: number
  readonly #lag: LoopLag

  constructor(parts: DiagnosticsParts) {
    this.#parts = parts
    this.#startedMs = parts.clock.now()
    this.#lag = new LoopLag(parts.clock)
    this.#lag.start()
    this.handlers = { 'diagnostics.read': () => this.read() }
  }

  read(): Diagnostics {
    const { version, stateFolder, settingsFile, secrets, engineStatus } = this.#parts
    const engine = engineStatus()
    const facts = {
      version,
      nodeVersion: process.versions.node,
      electronVersion: process.versions['electron'] ?? null,
      platform: `${process.platform} ${release()} ${process.arch}`,
      enginePid: engine.pid,
      engineRestarts: engine.restarts,
      stateFolder,
      settingsFile,
      secretStore: { kind: secrets.kind, description: secrets.description },
      residentBytes: process.memoryUsage.rss(),
      loopLagP99Ms: round(this.#lag.histogram.quantile(0.99))
    }
    return { ...facts, report: diagnosticsReport({ ...facts, ...this.#more(engine) }) }
  }

  stop(): void {
    this.#lag.stop()
  }

  #more(engine: EngineStatus): Omit<ReportFacts, keyof Diagnostics> {
    const { clock, history, workspaceSize } = this.#parts
    return {
      takenAtMs: clock.wallNow(),
      upMs: clock.now() - this.#startedMs,
      pid: process.pid,
      processors: availableParallelism(),
      heapBytes: process.memoryUsage().heapUsed,
      sqliteVersion: process.versions['sqlite'] ?? 'unknown',
      enginePhase: engine.phase,
      engineReason: engine.reason,
      historyFile: history.file,
      historyTrouble: history.trouble?.message ?? null,
      historyTransactions: history.transactionsTotal,
      historyDropped: history.droppedTotal,
      workspaceSize: workspaceSize?.() ?? ''
    }
  }
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10
}
