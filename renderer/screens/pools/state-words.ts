/** State, check and progress of a backend in words. Clocks stand while the data does. */
import type { LiveBackend } from '../../../preload/contract/live-state.ts'
import type { HealthCheckFacts } from '../../../proxy-core/model/backend-evidence.ts'
import type { HealthProgress } from '../../../proxy-core/model/engine-telemetry.ts'
import type { ProbeCode, ProbeRecord } from '../../../proxy-core/model/probe-record.ts'
import { formatAgo, formatClock, formatCountdown, formatDuration } from '../../ui/duration.ts'
import { countOf, formatMs, quantityText } from '../../ui/format.ts'

/** "4m 12s"; "–" where the engine has told no time. */
export function sinceText(changedAtMs: number, nowMs: number): string {
  return changedAtMs <= 0 ? '–' : formatDuration(nowMs - changedAtMs)
}

/** Countdown to an end that is further away than this is told as a time of day. */
const COUNTDOWN_BELOW_MS = 3_600_000

/** "Draining 12 left · 0:42", "Maintenance until 03:00"; empty where nobody said anything. */
export function adminText(
  { adminState, adminUntilMs }: Pick<LiveBackend, 'adminState' | 'adminUntilMs'>,
  inFlight: number | null,
  nowMs: number
): string {
  if (adminState === 'ready') return ''
  const end = adminUntilMs === null ? 'no end' : endText(adminUntilMs, nowMs)
  if (adminState === 'maint') {
    return adminUntilMs === null ? 'Maintenance, no end' : `Maintenance ${end}`
  }
  const left = inFlight === null ? 'Draining' : `Draining ${inFlight} left`
  return `${left} · ${end}`
}

function endText(untilMs: number, nowMs: number): string {
  const leftMs = untilMs - nowMs
  if (leftMs <= 0) return 'ending'
  return leftMs < COUNTDOWN_BELOW_MS ? formatCountdown(leftMs) : `until ${formatClock(untilMs)}`
}

/** What came, where no status did. */
const CODE_WORDS: Readonly<Record<ProbeCode, string>> = {
  L4OK: 'open',
  L4TOUT: 'no connection in time',
  L4CON: 'refused',
  L6TOUT: 'TLS timed out',
  L6RSP: 'TLS failed',
  L7OK: 'ok',
  L7TOUT: 'no answer in time',
  L7RSP: 'no HTTP',
  L7STS: 'wrong status',
  DNS: 'no address'
}

/** "200", "refused": the result of one probe in a word or two. */
export function probeResult({ status, code }: ProbeRecord): string {
  return status === null ? CODE_WORDS[code] : String(status)
}

/** "200, 12 ms, 3s ago". */
export function lastCheckText(probe: ProbeRecord, nowMs: number): string {
  const duration = quantityText(formatMs(probe.durationMs))
  return `${probeResult(probe)}, ${duration}, ${formatAgo(probe.atMs, nowMs)}`
}

/**
 * What would change the state: "1 more success to return".
 * @param isDown whether the probes call it down now.
 */
export function transitionText(
  progress: HealthProgress,
  isDown: boolean,
  { rise, fall }: Pick<HealthCheckFacts, 'rise' | 'fall'>
): string {
  const left = Math.max(0, progress.needed - progress.done)
  if (progress.direction === 'passing') return `${successes(left)} to return`
  if (progress.direction === 'failing') return `${countOf(left, 'more failure')} to go down`
  if (isDown) return `${successes(rise)} to return`
  return `${countOf(fall, 'failure')} in a row would take it down`
}

function successes(count: number): string {
  return countOf(count, 'more success', 'more successes')
}
