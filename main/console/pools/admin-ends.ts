/**
 * When drain and maintenance end by themselves. The ends are kept in a file, so that a console
 * which was restarted, or whose engine was down at the time, brings the backend back later
 * rather than never.
 */
import { z } from 'zod'
import type { EngineCommand } from '../../../proxy-core/model/control-protocol.ts'
import type { Fleet } from '../../../proxy-core/model/engine-telemetry.ts'
import type { AdminState } from '../../../proxy-core/model/states.ts'
import type { Clock, Timer } from '../../../proxy-core/time/clock.ts'
import { Listeners, type Release } from '../engine/listeners.ts'
import type { EndTimes } from '../live/live-board.ts'
import type { AdminEndBook, EngineControl } from '../plans/plan-services.ts'
import type { AuditBook } from '../plans/plan-desk.ts'
import { KeptJson } from '../workspace/kept-json.ts'

/** Ends of instances that are never opened again must not pile up. */
const MOST_ENDS = 1_000
/** The wall clock may be set meanwhile, so no timer is trusted for longer. */
const LONGEST_WAIT_MS = 30_000
/** After a refusal of the engine. */
const RETRY_MS = 5_000

const endSchema = z.strictObject({
  /** State directory of the instance. */
  instance: z.string(),
  pool: z.string(),
  backend: z.string(),
  state: z.enum(['drain', 'maint']),
  /** Wall-clock milliseconds. */
  untilMs: z.number()
})

const endsSchema = z.strictObject({
  schemaVersion: z.literal(1),
  ends: z.array(endSchema).max(MOST_ENDS)
})

type AdminEnd = z.infer<typeof endSchema>

export interface EndsEngine extends Pick<EngineControl, 'status'> {
  /** The instance whose engine this is; null = none. */
  readonly stateDirectory: string | null
  readonly fleet: Fleet | null
  command(command: EngineCommand): Promise<void>
  onFleet(listener: (fleet: Fleet) => void): Release
}

export interface AdminEndsParts {
  /** Absolute path of the file that keeps them. */
  readonly file: string
  readonly clock: Clock
  readonly engine: EndsEngine
  readonly audit: AuditBook
  say(line: string): void
}

export class AdminEnds implements AdminEndBook, EndTimes {
  readonly #parts: AdminEndsParts
  readonly #kept: KeptJson<z.infer<typeof endsSchema>>
  readonly #onChange: Listeners<undefined>
  readonly #release: Release
  /** Of states that the engine was asked for and the fleet does not show yet. */
  readonly #expected = new Map<string, { readonly untilMs: number | null }>()
  #ends: readonly AdminEnd[]
  #timer: Timer | null = null
  #writing: Promise<void> = Promise.resolve()
  /** While the engine is asked to bring backends back. */
  #isApplying = false

  private constructor(
    parts: AdminEndsParts,
    kept: KeptJson<z.infer<typeof endsSchema>>,
    ends: readonly AdminEnd[]
  ) {
    this.#parts = parts
    this.#kept = kept
    this.#ends = ends
    this.#onChange = new Listeners((error) =>
      parts.say(`An end time was not shown: ${String(error)}`)
    )
    this.#release = parts.engine.onFleet((fleet) => this.#takeFleet(fleet))
    this.#schedule()
  }

  /** Reads what is kept. Throws STATE_UNUSABLE. */
  static async open(parts: AdminEndsParts): Promise<AdminEnds> {
    const kept = new KeptJson(parts.file, endsSchema)
    const ends = (await kept.read())?.ends ?? []
    return new AdminEnds(parts, kept, ends)
  }

  untilMs(pool: string, backend: string): number | null {
    const expected = this.#expected.get(keyOf(pool, backend))
    if (expected) return expected.untilMs
    return this.#ends.find((end) => this.#isOf(end, pool, backend))?.untilMs ?? null
  }

  onChange(listener: () => void): Release {
    return this.#onChange.add(listener)
  }

  expect(pool: string, backend: string, untilMs: number | null): Release {
    const key = keyOf(pool, backend)
    const expected = { untilMs }
    this.#expected.set(key, expected)
    return () => {
      if (this.#expected.get(key) === expected) this.#expected.delete(key)
    }
  }

  /** Replaces the end of this backend's state; rejects when it cannot be kept. */
  async set(
    pool: string,
    backend: string,
    state: AdminState,
    untilMs: number | null
  ): Promise<void> {
    const instance = this.#parts.engine.stateDirectory
    if (instance === null) return
    const others = this.#ends.filter((end) => !this.#isOf(end, pool, backend))
    if (state === 'ready' || untilMs === null) return this.#become(others)
    const end = { instance, pool, backend, state, untilMs }
    return this.#become([...others, end].slice(-MOST_ENDS))
  }

  /** Resolves when the last change is on the disk. */
  async stop(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = null
    this.#release()
    await this.#writing
  }

  #isOf(end: AdminEnd, pool: string, backend: string): boolean {
    const { stateDirectory } = this.#parts.engine
    return end.instance === stateDirectory && end.pool === pool && end.backend === backend
  }

  #become(ends: readonly AdminEnd[]): Promise<void> {
    if (ends.length === this.#ends.length && ends.every((end, at) => end === this.#ends[at])) {
      return Promise.resolve()
    }
    this.#ends = ends
    this.#schedule()
    this.#onChange.tell(undefined)
    const written = this.#writing.then(() =>
      this.#kept.write({ schemaVersion: 1, ends: [...this.#ends] })
    )
    this.#writing = written.catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      this.#parts.say(`The end times of drains and maintenance could not be kept: ${reason}`)
    })
    return written
  }

  /**
   * Somebody else may have changed the state: its end is void then. A backend that a reload took
   * away comes back with the state that it had, so its end waits for it.
   */
  #takeFleet(fleet: Fleet): void {
    const { stateDirectory } = this.#parts.engine
    const left = this.#ends.filter((end) => {
      if (end.instance !== stateDirectory) return true
      const state = stateIn(fleet, end)
      return state === null || state === end.state
    })
    void this.#become(left).catch(() => undefined)
    this.#schedule()
  }

  #schedule(atLeastMs = 0): void {
    this.#timer?.cancel()
    this.#timer = null
    const { clock } = this.#parts
    const own = this.#ends.filter((end) => this.#isWithinReach(end))
    if (own.length === 0) return
    const dueInMs = Math.min(...own.map(({ untilMs }) => untilMs)) - clock.wallNow()
    const waitMs = Math.min(Math.max(dueInMs, atLeastMs), LONGEST_WAIT_MS)
    this.#timer = clock.setTimeout(() => void this.#applyDue(), waitMs)
  }

  /** Its backend is one of the engine's, as far as is known. */
  #isWithinReach(end: AdminEnd): boolean {
    const { stateDirectory, fleet } = this.#parts.engine
    return end.instance === stateDirectory && (fleet === null || stateIn(fleet, end) !== null)
  }

  async #applyDue(): Promise<void> {
    // The one that runs looks again when it is done.
    if (this.#isApplying) return
    const { clock, engine } = this.#parts
    const nowMs = clock.wallNow()
    const due = this.#ends.filter((end) => end.untilMs <= nowMs && this.#isWithinReach(end))
    // A fleet that comes up later asks again.
    if (engine.status.phase === 'running') await this.#bringAllBack(due)
    this.#schedule(due.some((end) => this.#ends.includes(end)) ? RETRY_MS : 0)
  }

  async #bringAllBack(due: readonly AdminEnd[]): Promise<void> {
    this.#isApplying = true
    for (const end of due) {
      // While another one was brought back, an operator may have moved or lifted this one.
      if (this.#ends.includes(end)) await this.#bringBack(end)
    }
    this.#isApplying = false
  }

  async #bringBack(end: AdminEnd): Promise<void> {
    const { engine, audit, say } = this.#parts
    const { pool, backend, state } = end
    const what = state === 'drain' ? 'drain' : 'maintenance'
    const entry = { actor: 'console', action: `End the ${what} of ${backend} in ${pool}` }
    const reason = `Its ${what} was to end at this time.`
    try {
      await engine.command({ name: 'set_admin_state', pool, backend, state: 'ready', reason })
      audit.record({ ...entry, reason, outcome: 'done' })
      await this.#become(this.#ends.filter((other) => other !== end))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      say(`The ${what} of ${backend} in ${pool} could not be ended: ${why}`)
    }
  }
}

/** null: the fleet has no such backend. */
function keyOf(pool: string, backend: string): string {
  return JSON.stringify([pool, backend])
}

function stateIn({ pools }: Fleet, { pool, backend }: AdminEnd): AdminState | null {
  const found = pools.find(({ name }) => name === pool)
  return found?.backends.find(({ address }) => address === backend)?.adminState ?? null
}
