/** The failover of one pool as a person reads it in the night: a sentence, then the ladder. */
import type { FailoverLevel, FailoverStatus } from '../../../proxy-core/model/failover-report.ts'

/** Characters for 100 % of the requests. */
const BAR_WIDTH = 20

export function statusText(status: FailoverStatus, nowMs: number): string {
  if (!status.isEnabled) {
    const why = status.obstacle === null ? '' : `; ${status.obstacle}`
    const none = `Pool ${status.pool}: no failover${why}.`
    if (status.latchedLevel === null) return none
    return `${none}\n  Latched ${latchText(status)} from before: it holds again once there is one.`
  }
  const lines = [headline(status, nowMs), ...status.levels.map((level) => rung(status, level))]
  // Also while traffic is on its way there, or went on because that level was lost.
  if (status.latchedLevel !== null && status.phase !== 'latched') {
    lines.push(`  Latched ${latchText(status)}.`)
  }
  if (status.dueAtMs !== null) lines.push(`  Waits until ${moment(status.dueAtMs, nowMs)}.`)
  const last = status.transitions.at(-1)
  if (last !== undefined) lines.push(`  Last change, ${moment(last.atMs, nowMs)}: ${last.reason}`)
  return lines.join('\n')
}

/** "4 min 10 s": the two largest units that are not zero. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's']
  ] as const
  const first = parts.findIndex(([count]) => count > 0)
  if (first < 0) return '0 s'
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}

function headline(status: FailoverStatus, nowMs: number): string {
  const since = `Since ${moment(status.sinceMs, nowMs)}.`
  return `Pool ${status.pool}: ${situation(status)} ${since}`
}

function situation(status: FailoverStatus): string {
  const { phase, mode, failback } = status
  const serving = servingText(status)
  switch (phase) {
    case 'normal':
      return mode === 'switch' ? `normal, ${serving}.` : `normal (mode ${mode}), ${serving}.`
    case 'pending':
      return `PENDING, level ${status.level} is lost${delayText(status)}; ${serving}.`
    case 'switching':
      return `SWITCHING, the share of another level grows; ${serving}.`
    case 'active':
      return `FAILED OVER, ${serving}; ${
        failback === 'manual' ? 'an operator must bring it back.' : 'it returns by itself.'
      }`
    case 'recovering':
      return `RECOVERING, a level before is healthy again and comes back; ${serving}.`
    case 'latched':
      return `LATCHED ${latchText(status)}; ${serving}.`
  }
}

function servingText({ activeLevel, isWaiting, level }: FailoverStatus): string {
  if (isWaiting) return `requests wait for level ${level}`
  return activeLevel < 0 ? 'NO level serves' : `level ${activeLevel} serves`
}

/** Once the delay is over, nothing is due: traffic leaves as soon as some level can take it. */
function delayText({ dueAtMs }: FailoverStatus): string {
  return dueAtMs === null ? ', its delay is over and no level can take over' : ' and its delay runs'
}

function latchText({ latchedLevel, activeLevel, latchReason }: FailoverStatus): string {
  const reason = latchReason === null ? '' : ` (${latchReason})`
  return `on level ${latchedLevel ?? activeLevel} by an operator${reason}`
}

/** `>` marks the level that serves. */
function rung({ activeLevel }: FailoverStatus, level: FailoverLevel): string {
  const mark = level.level === activeLevel ? '>' : ' '
  const filled = Math.round(level.share * BAR_WIDTH)
  const bar = '#'.repeat(filled).padEnd(BAR_WIDTH, '.')
  const share = `${Math.round(level.share * 100)} %`.padStart(5)
  const lost = level.isLost ? ', lost' : ''
  return `${mark} level ${level.level}  ${bar} ${share}  ${level.eligible} of ${level.backends} eligible${lost}`
}

/** "2026-01-01 14:02:11 (4 min ago)", in the time of this machine. */
export function moment(atMs: number, nowMs: number): string {
  const away = atMs > nowMs ? `in ${spanText(atMs - nowMs)}` : `${spanText(nowMs - atMs)} ago`
  // Swedish writes dates as ISO 8601 does.
  return `${new Date(atMs).toLocaleString('sv-SE')} (${away})`
}
