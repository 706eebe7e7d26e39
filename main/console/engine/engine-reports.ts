/**
 * What is heard of one engine after another: its fleet, its ticks, its traffic, what happens to
 * it, and whether it is heard at all.
 */
import type { Fleet, Tick } from '../../../proxy-core/model/engine-telemetry.ts'
import type { TrafficBatch } from '../../../proxy-core/model/traffic-sample.ts'
import type { Clock } from '../../../proxy-core/time/clock.ts'
import type { EngineStatus } from '../../../preload/contract/live-state.ts'
import type { HostEvent } from '../../engine-host/engine-host.ts'
import { HearingWatch } from './hearing-watch.ts'
import { Listeners, type Release } from './listeners.ts'
import { NO_ENGINE } from './no-engine.ts'

export class EngineReports {
  readonly #clock: Clock
  readonly #hearing: HearingWatch
  readonly #onStatus: Listeners<EngineStatus>
  readonly #onFleet: Listeners<Fleet>
  readonly #onTick: Listeners<Tick>
  readonly #onTraffic: Listeners<TrafficBatch>
  readonly #onEvent: Listeners<HostEvent>
  #status: EngineStatus = NO_ENGINE
  #fleet: Fleet | null = null
  #tick: Tick | null = null
  #heardAtMs: number | null = null

  /** `say` takes a line for the log: a listener that threw. */
  constructor(clock: Clock, say: (line: string) => void) {
    this.#clock = clock
    this.#hearing = new HearingWatch(clock, () => this.#fallSilent())
    const listeners = <Value>(): Listeners<Value> =>
      new Listeners((error) => say(`A listener of the engine failed: ${String(error)}`))
    this.#onStatus = listeners()
    this.#onFleet = listeners()
    this.#onTick = listeners()
    this.#onTraffic = listeners()
    this.#onEvent = listeners()
  }

  get status(): EngineStatus {
    return this.#status
  }

  get isSilent(): boolean {
    return this.#status.phase === 'silent'
  }

  /** What the engine last said, also while it is down; null before it said anything. */
  get fleet(): Fleet | null {
    return this.#fleet
  }

  /** null while it is down. */
  get tick(): Tick | null {
    return this.#tick
  }

  /** Wall-clock milliseconds of the last tick; null before the first. */
  get heardAtMs(): number | null {
    return this.#heardAtMs
  }

  onStatus(listener: (status: EngineStatus) => void): Release {
    return this.#onStatus.add(listener)
  }

  onFleet(listener: (fleet: Fleet) => void): Release {
    return this.#onFleet.add(listener)
  }

  onTick(listener: (tick: Tick) => void): Release {
    return this.#onTick.add(listener)
  }

  onTraffic(listener: (batch: TrafficBatch) => void): Release {
    return this.#onTraffic.add(listener)
  }

  /** Everything that the host tells except fleet, ticks and traffic: for the history. */
  onEngineEvent(listener: (event: HostEvent) => void): Release {
    return this.#onEvent.add(listener)
  }

  take(event: HostEvent): void {
    switch (event.kind) {
      case 'fleet':
        this.#fleet = event.fleet
        return this.#onFleet.tell(event.fleet)
      case 'tick':
        return this.#takeTick(event.tick)
      case 'traffic':
        return this.#onTraffic.tell(event.batch)
      case 'engine_died':
        this.#takeDeath(event)
        break
      case 'engine_restarted':
        this.running(event.pid)
        break
      default:
    }
    this.#onEvent.tell(event)
  }

  /** An engine is launched; the deaths since the opening are still counted. */
  starting(): void {
    this.#become({ ...NO_ENGINE, phase: 'starting', restarts: this.#status.restarts })
  }

  running(pid: number | null): void {
    const startedAtMs = this.#clock.wallNow()
    this.#hearing.heard()
    this.#become({ ...this.#status, phase: 'running', pid, startedAtMs, restartAtMs: null })
  }

  /** The engine process has ended because it was told to. */
  ended(): void {
    this.#hearing.stop()
    this.#tick = null
  }

  /** No engine could be started; `reason` is a sentence. */
  stopped(reason: string): void {
    const { restarts } = this.#status
    this.#become({ ...NO_ENGINE, phase: 'stopped', restarts, reason })
  }

  /** No workspace is open any more. */
  closed(): void {
    this.#fleet = null
    this.#heardAtMs = null
    this.#become(NO_ENGINE)
  }

  #takeTick(tick: Tick): void {
    this.#tick = tick
    this.#heardAtMs = this.#clock.wallNow()
    if (this.#status.phase === 'running' || this.isSilent) this.#hearing.heard()
    if (this.isSilent) this.#become({ ...this.#status, phase: 'running' })
    this.#onTick.tell(tick)
  }

  #takeDeath(event: Extract<HostEvent, { kind: 'engine_died' }>): void {
    this.ended()
    this.#become({
      phase: 'restarting',
      pid: null,
      restarts: this.#status.restarts + 1,
      startedAtMs: null,
      reason: event.reason,
      restartAtMs: this.#clock.wallNow() + event.restartInMs
    })
  }

  #fallSilent(): void {
    this.#become({ ...this.#status, phase: 'silent' })
  }

  #become(status: EngineStatus): void {
    this.#status = status
    this.#onStatus.tell(status)
  }
}
