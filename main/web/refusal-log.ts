/**
 * One line per refused request, and never a flood of them: whoever knocks a thousand times a
 * second fills neither the log nor the disk, and the count of what was left out is told.
 */
import type { Clock, Timer } from '../../proxy-core/time/clock.ts'

const LINES_PER_WINDOW = 10
const WINDOW_MS = 60_000

/** What a peer sends goes into a line as JSON, cut to this length. */
const MAX_VALUE_CHARACTERS = 100

export interface RefusedRequest {
  readonly method: string
  /** Without its query, which may hold a link. */
  readonly path: string
  readonly status: number
  readonly reason: string
  readonly host: string | undefined
  readonly origin: string | undefined
}

export class RefusalLog {
  readonly #clock: Clock
  readonly #log: (line: string) => void
  #written = 0
  #leftOut = 0
  #window: Timer | null = null

  constructor(clock: Clock, log: (line: string) => void) {
    this.#clock = clock
    this.#log = log
  }

  note(request: RefusedRequest): void {
    this.#window ??= this.#clock.setTimeout(() => this.#endWindow(), WINDOW_MS)
    if (this.#written >= LINES_PER_WINDOW) {
      this.#leftOut++
      return
    }
    this.#written++
    this.#log(lineOf(request))
  }

  close(): void {
    this.#window?.cancel()
    this.#endWindow()
  }

  #endWindow(): void {
    if (this.#leftOut > 0) {
      this.#log(leftOutLine(this.#leftOut))
    }
    this.#window = null
    this.#written = 0
    this.#leftOut = 0
  }
}

function leftOutLine(count: number): string {
  const requests = count === 1 ? '1 more request' : `${count} more requests`
  return `${requests} to the console ${count === 1 ? 'was' : 'were'} refused in the last minute.`
}

function lineOf({ method, path, status, reason, host, origin }: RefusedRequest): string {
  const from = origin === undefined ? '' : `, Origin ${quoted(origin)}`
  const request = `${quoted(`${method} ${path}`)} (Host ${quoted(host ?? 'none')}${from})`
  return `Refused ${request} with ${status}: ${reason}`
}

/** Printable ASCII only: a terminal obeys other characters. */
function quoted(value: string): string {
  const cut = value.slice(0, MAX_VALUE_CHARACTERS).replaceAll(/[^ -~]/g, '?')
  return JSON.stringify(cut.length < value.length ? `${cut}...` : cut)
}
