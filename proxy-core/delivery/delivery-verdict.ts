/** What becomes of a stored request after one attempt to deliver it. */
import type { StatusRange } from '../model/settings.ts'
import type { StoreRouteSettings } from '../model/store-settings.ts'
import { backoffMs } from '../retry/backoff.ts'
import type { Random } from '../time/clock.ts'

/** How an attempt ended. `reason`: half a sentence. */
export type DeliveryReport =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs: number }
  /** The backend was asked, and there is no whole answer. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** Nobody was there to be asked: no attempt. */
  | { readonly kind: 'unplaced'; readonly reason: string; readonly isBusy: boolean }
  /** The balancer itself cannot pass it on, and never will. */
  | { readonly kind: 'impossible'; readonly status: number; readonly reason: string }
  /** The engine ends. */
  | { readonly kind: 'cut' }

export type DeliveryVerdict =
  | { readonly kind: 'delivered'; readonly status: number }
  | { readonly kind: 'dead'; readonly status: number; readonly reason: string }
  | {
      readonly kind: 'again'
      readonly waitMs: number
      readonly status: number
      readonly reason: string
    }
  /** It was no attempt: it stays as it was. */
  | { readonly kind: 'put_back'; readonly reason: string; readonly isBusy: boolean }
  | { readonly kind: 'left' }

/** Statuses below 500 that say that the same request may be taken later. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429])
/** It does not become implemented by waiting. */
const NOT_IMPLEMENTED = 501

/** `attempts`: with the one that the report is about. */
export function verdictOn(
  report: DeliveryReport,
  attempts: number,
  settings: StoreRouteSettings,
  random: Random
): DeliveryVerdict {
  switch (report.kind) {
    case 'cut':
      return { kind: 'left' }
    case 'unplaced':
      return { kind: 'put_back', reason: report.reason, isBusy: report.isBusy }
    case 'impossible':
      return { kind: 'dead', status: report.status, reason: report.reason }
    case 'failed':
      return again({ status: 0, reason: report.reason, askedMs: 0 }, attempts, settings, random)
    case 'answered':
      return verdictOnStatus(report.status, report.retryAfterMs, attempts, settings, random)
  }
}

function verdictOnStatus(
  status: number,
  askedMs: number,
  attempts: number,
  settings: StoreRouteSettings,
  random: Random
): DeliveryVerdict {
  if (isIn(settings.success, status)) return { kind: 'delivered', status }
  const reason = `the backend answered ${String(status)}`
  const mayPass = (status >= 500 && status !== NOT_IMPLEMENTED) || PASSING.has(status)
  if (!mayPass) return { kind: 'dead', status, reason }
  return again({ status, reason, askedMs }, attempts, settings, random)
}

interface Setback {
  readonly status: number
  readonly reason: string
  /** What the backend asks to wait. */
  readonly askedMs: number
}

function again(
  { status, reason, askedMs }: Setback,
  attempts: number,
  settings: StoreRouteSettings,
  random: Random
): DeliveryVerdict {
  if (settings.attempts > 0 && attempts >= settings.attempts) {
    const all = attempts === 1 ? 'the only attempt' : `the last of ${String(attempts)} attempts`
    return { kind: 'dead', status, reason: `${reason} at ${all}` }
  }
  const waitMs = Math.max(backoffMs(settings.backoff, attempts + 1, random), askedMs)
  return { kind: 'again', waitMs, status, reason }
}

function isIn(ranges: readonly StatusRange[], status: number): boolean {
  return ranges.some(({ from, to }) => status >= from && status <= to)
}
