/** What the history forgets, and when. Every book is bounded, by age and where it can grow by rows. */
import type { Clock, Timer } from '../../../proxy-core/time/clock.ts'
import type { HistoryStore, StoredValue } from './history-store.ts'

const DAY_MS = 86_400_000

export const EVENT_AGE_MS = 90 * DAY_MS
export const EVENT_ROWS = 100_000
export const MINUTE_AGE_MS = 30 * DAY_MS
export const CONFIG_VERSIONS = 200
export const AUDIT_AGE_MS = 365 * DAY_MS
export const SESSION_ROWS = 1_000

const ROUND_MS = 3_600_000
/** Rows that one statement removes at most, so that the control plane is never held up. */
const STEP_ROWS = 2_000
const NEXT_STEP_MS = 1_000

interface Rule {
  readonly sql: string
  readonly values: (wallMs: number) => readonly StoredValue[]
}

/** Incidents that are open stay, however old. */
const RULES: readonly Rule[] = [
  byAge('event', 'at_ms', EVENT_AGE_MS),
  byRows('event', 'seq', EVENT_ROWS),
  byAge('incident', 'opened_at_ms', EVENT_AGE_MS, 'AND closed_at_ms IS NOT NULL'),
  byRows('incident', 'id', EVENT_ROWS),
  byAge('minute', 'at_ms', MINUTE_AGE_MS),
  byAge('audit', 'at_ms', AUDIT_AGE_MS),
  byRows('config_version', 'id', CONFIG_VERSIONS),
  byRows('console_session', 'id', SESSION_ROWS)
]

export class Retention {
  readonly #store: HistoryStore
  readonly #clock: Clock
  readonly #timers = new Map<Rule, Timer>()
  readonly #round: Timer

  /** Begins with a round at once. */
  constructor(store: HistoryStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
    this.#round = clock.setInterval(() => this.#runAll(), ROUND_MS)
    this.#runAll()
  }

  stop(): void {
    this.#round.cancel()
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }

  #runAll(): void {
    for (const rule of RULES) if (!this.#timers.has(rule)) this.#run(rule)
  }

  #run(rule: Rule): void {
    this.#store.write(rule.sql, rule.values(this.#clock.wallNow()), (changes) => {
      if (changes < STEP_ROWS) return
      const next = this.#clock.setTimeout(() => {
        this.#timers.delete(rule)
        this.#run(rule)
      }, NEXT_STEP_MS)
      this.#timers.set(rule, next)
    })
  }
}

function byAge(table: string, column: string, ageMs: number, further = ''): Rule {
  return {
    sql: `DELETE FROM ${table} WHERE rowid IN
      (SELECT rowid FROM ${table} WHERE ${column} < ? ${further} ORDER BY rowid LIMIT ${STEP_ROWS})`,
    values: (wallMs) => [wallMs - ageMs]
  }
}

/** Keeps the newest `rows`. */
function byRows(table: string, key: string, rows: number): Rule {
  return {
    sql: `DELETE FROM ${table} WHERE ${key} IN
      (SELECT ${key} FROM ${table} ORDER BY ${key} DESC LIMIT ${STEP_ROWS} OFFSET ?)`,
    values: () => [rows]
  }
}
