/**
 * What a screen reader is told without being asked: changes of the verdict, at most one in five
 * seconds, and at once when users are no longer served. Numbers are never announced.
 */
import type { ServiceStatus, Verdict } from '../../preload/contract/status.ts'
import type { Page } from './page.ts'

export const POLITE_INTERVAL_MS = 5000

/** "(4m 12s)", "has waited 12 s", "214 of 1000": growing figures are no news. */
const FIGURES = new RegExp(
  [
    /\([^)]*\d\s?[smhd]\b[^)]*\)/,
    /has waited [^;.]*/,
    /\d+ of (?=\d+ places?\b)/,
    /\d+ (?=requests?\b[^;]* had no place)/
  ]
    .map(({ source }) => source)
    .join('|'),
  'g'
)

export class Announcer {
  /** For `aria-live="polite"`. */
  polite = $state('')
  /** For `role="alert"`. */
  alert = $state('')

  readonly #page: Page
  #status: ServiceStatus | null = null
  #news = ''
  #saidAtMs = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | null = null
  #waiting = ''

  constructor(page: Page) {
    this.#page = page
  }

  take(verdict: Verdict): void {
    const news = `${verdict.status} ${verdict.sentence.replace(FIGURES, '')}`
    if (news === this.#news) return
    const isFirst = this.#status === null
    const hasGoneDown = verdict.status === 'down' && this.#status !== 'down'
    this.#news = news
    this.#status = verdict.status
    if (hasGoneDown) this.#sayNow(verdict.sentence)
    else if (!isFirst) this.#sayPolitely(verdict.sentence)
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = null
  }

  #sayNow(sentence: string): void {
    this.stop()
    this.#saidAtMs = this.#page.now()
    this.alert = sentence
  }

  /** The newest sentence is said when its turn comes; those between are left out. */
  #sayPolitely(sentence: string): void {
    this.alert = ''
    this.#waiting = sentence
    const waitMs = this.#saidAtMs + POLITE_INTERVAL_MS - this.#page.now()
    if (waitMs <= 0) this.#say()
    else this.#cancel ??= this.#page.after(waitMs, () => this.#say())
  }

  #say(): void {
    this.#cancel = null
    this.#saidAtMs = this.#page.now()
    this.polite = this.#waiting
  }
}
