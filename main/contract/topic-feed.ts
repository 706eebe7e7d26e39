/**
 * One subscription on its way to the page. At most one payload is unacknowledged; what comes
 * meanwhile replaces what waits (snapshot) or waits in a short queue (log).
 */
import { cursorAfter, type LogTopicName } from '../../preload/contract/log-cursor.ts'

/** Batches of a log that wait for the page; more are taken from the source again later. */
export const MAX_QUEUED_BATCHES = 16

/** Opens the source and returns its end. */
export type OpenSource<Args, Payload> = (args: Args, push: (payload: Payload) => void) => () => void

interface LogArguments {
  readonly since: number
}

export interface TopicFeed {
  /** Throws what the source throws. */
  open(): void
  /** The page has dealt with payload number `seq`; any other number changes nothing. */
  acknowledge(seq: number): void
  close(): void
}

/** Sends payload number `seq` to the page. */
export type Deliver = (seq: number, payload: unknown) => void

export class SnapshotFeed implements TopicFeed {
  readonly #openSource: (push: (payload: unknown) => void) => () => void
  readonly #deliver: Deliver
  #release: (() => void) | null = null
  #seq = 0
  #isUnacknowledged = false
  #waiting: { readonly payload: unknown } | null = null
  #isClosed = false

  constructor(openSource: (push: (payload: unknown) => void) => () => void, deliver: Deliver) {
    this.#openSource = openSource
    this.#deliver = deliver
  }

  open(): void {
    const release = this.#openSource((payload) => this.#take(payload))
    if (this.#isClosed) release()
    else this.#release = release
  }

  acknowledge(seq: number): void {
    if (seq !== this.#seq) return
    this.#isUnacknowledged = false
    const waiting = this.#waiting
    this.#waiting = null
    if (waiting !== null) this.#take(waiting.payload)
  }

  close(): void {
    this.#isClosed = true
    this.#waiting = null
    this.#release?.()
    this.#release = null
  }

  #take(payload: unknown): void {
    if (this.#isClosed) return
    if (this.#isUnacknowledged) {
      this.#waiting = { payload }
      return
    }
    this.#isUnacknowledged = true
    this.#seq++
    this.#deliver(this.#seq, payload)
  }
}

export class LogFeed implements TopicFeed {
  readonly #topic: LogTopicName
  readonly #openSource: OpenSource<LogArguments, unknown>
  readonly #deliver: Deliver
  /** Number of the last log entry that was sent to the page. */
  #since: number
  #queue: unknown[] = []
  #release: (() => void) | null = null
  /** Raised at every opening, so that a source which was left is not heard any more. */
  #opening = 0
  /** The queue was full: the source is left and opened again when the queue is empty. */
  #isBehind = false
  #seq = 0
  #isUnacknowledged = false
  #isClosed = false

  constructor(
    topic: LogTopicName,
    args: LogArguments,
    openSource: OpenSource<LogArguments, unknown>,
    deliver: Deliver
  ) {
    this.#topic = topic
    this.#since = args.since
    this.#openSource = openSource
    this.#deliver = deliver
  }

  open(): void {
    this.#isBehind = false
    const opening = ++this.#opening
    const release = this.#openSource({ since: this.#since }, (payload) => {
      if (opening === this.#opening && !this.#isBehind) this.#take(payload)
    })
    if (this.#isClosed || this.#isBehind) release()
    else this.#release = release
  }

  acknowledge(seq: number): void {
    if (seq !== this.#seq || !this.#isUnacknowledged) return
    this.#isUnacknowledged = false
    this.#sendNext()
    if (this.#isBehind && !this.#isUnacknowledged) this.open()
  }

  close(): void {
    this.#isClosed = true
    this.#opening++
    this.#queue = []
    this.#leaveSource()
  }

  #take(payload: unknown): void {
    if (this.#queue.length >= MAX_QUEUED_BATCHES) {
      this.#isBehind = true
      this.#leaveSource()
      return
    }
    this.#queue.push(payload)
    this.#sendNext()
  }

  #sendNext(): void {
    if (this.#isUnacknowledged) return
    if (this.#queue.length === 0) return
    const payload = this.#queue.shift()
    this.#isUnacknowledged = true
    // Payloads are the source's, by its type; which one it is, the topic says.
    this.#since = cursorAfter(this.#topic, payload as never, this.#since)
    this.#seq++
    this.#deliver(this.#seq, payload)
  }

  #leaveSource(): void {
    this.#release?.()
    this.#release = null
  }
}
