/** Requests that wait in one pool, as a person reads it in the night: a sentence, then the line. */
import type { HeldRequest, HoldStatus } from '../../../proxy-core/model/hold-report.ts'
import { describeSize } from '../../../proxy-core/model/units.ts'
import { moment, spanText } from '../failover/status-text.ts'

/** Of the line; the rest is counted. */
const MAX_SHOWN = 10

export function holdText(
  status: HoldStatus,
  requests: readonly HeldRequest[],
  nowMs: number
): string {
  const lines = [`Pool ${status.pool}: ${situation(status)}`]
  if (status.operator !== null) {
    const { untilMs, reason } = status.operator
    lines.push(`  Held by an operator until ${moment(untilMs, nowMs)}: ${reason}`)
  }
  for (const request of requests.slice(0, MAX_SHOWN)) lines.push(row(request))
  const more = status.held - Math.min(requests.length, MAX_SHOWN)
  if (more > 0) lines.push(`  and ${more} more`)
  lines.push(`  Since the start: ${totals(status)}`)
  return lines.join('\n')
}

function situation({ held, maxRequests, bytes, maxBytes, oldestMs }: HoldStatus): string {
  if (held === 0) return 'nobody waits.'
  const bodies = bytes === 0 ? '' : `, ${describeSize(bytes)} of ${describeSize(maxBytes)}`
  const share = `${held} of ${maxRequests} places${bodies}`
  return `${held} ${held === 1 ? 'request waits' : 'requests wait'} (${share}), the first for ${spanText(oldestMs ?? 0)}.`
}

function row({ position, ageMs, leftMs, method, target, client, bodyBytes }: HeldRequest): string {
  const body = bodyBytes === 0 ? '' : `, ${describeSize(bodyBytes)}`
  return `  ${position}. ${method} ${target} from ${client}${body}: ${spanText(ageMs)}, ${spanText(leftMs)} left`
}

function totals(status: HoldStatus): string {
  const { entered, released, expired, refused, abandoned } = status
  return `${entered} waited, ${released} went on, ${expired} waited too long, ${abandoned} left, ${refused} had no place.`
}
