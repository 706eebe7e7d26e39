/** Stored requests as a person reads them in the night. */
import type {
  StoredEntry,
  StoredHead,
  StoreStatus
} from '../../../proxy-core/model/stored-entry.ts'
import { describeSize } from '../../../proxy-core/model/units.ts'
import { moment, spanText } from '../failover/status-text.ts'

export function storeText(status: StoreStatus): string {
  const { diskBytes, maxBytes, dead, refusal } = status
  const lines = [
    `Store: ${waitingText(status)}.`,
    `  ${describeSize(diskBytes)} of ${describeSize(maxBytes)} on disk; ${dead} dead.`
  ]
  if (refusal !== null) lines.push(`  NOTHING IS TAKEN NOW: ${refusal}.`)
  if (status.blocked > 0) lines.push(`  ${status.blocked} requests wait for room.`)
  lines.push(
    `  Since the start: ${status.appended} taken, ${status.delivered} delivered, ${status.expired} expired, ${status.deleted} deleted, ${status.quarantined} damaged, ${status.refused} refused.`
  )
  return lines.join('\n')
}

function waitingText({ pending, pendingBytes, oldestMs, drainMs }: StoreStatus): string {
  if (pending === 0) return 'nothing waits for its delivery'
  const who = `${pending} ${pending === 1 ? 'request waits' : 'requests wait'} for delivery`
  const end =
    drainMs === null
      ? 'nothing is delivered now'
      : `all are delivered in ${spanText(drainMs)} at the pace of the last minute`
  return `${who} (${describeSize(pendingBytes)}), the first for ${spanText(oldestMs ?? 0)}; ${end}`
}

export function storedLine(head: StoredHead, nowMs: number): string {
  const { id, state, method, target, key, bodyBytes, receivedAtMs } = head
  const facts = [
    `${spanText(nowMs - receivedAtMs)} old`,
    describeSize(bodyBytes),
    ...(key === '' ? [] : [`key ${key}`]),
    attemptsText(head)
  ]
  return `${id}  ${state.padEnd(9)}  ${method} ${target} (${facts.join(', ')})`
}

export function entryText(entry: StoredEntry, nowMs: number): string {
  const { route, key, receivedAtMs, expiresAtMs, idempotencyKey, fields, body } = entry
  const expiry = expiresAtMs === null ? 'never' : moment(expiresAtMs, nowMs)
  return [
    `${entry.id}: ${entry.state}, ${attemptsText(entry)}`,
    `  Route ${route}${key === '' ? '' : `, key ${key}`}; came ${moment(receivedAtMs, nowMs)}, expires ${expiry}`,
    `  Idempotency-Key ${idempotencyKey}`,
    '',
    `${entry.method} ${entry.target}`,
    ...fields.map(([name, value]) => `${name}: ${value}`),
    '',
    body.content,
    ...(body.isCut ? [`(cut: ${describeSize(entry.bodyBytes)} in all; --body shows more)`] : []),
    ...(body.encoding === 'base64' ? ['(base64: the body is no text)'] : [])
  ].join('\n')
}

function attemptsText({ attempts, lastStatus, lastReason }: StoredHead): string {
  const count = attempts === 1 ? '1 attempt' : `${attempts} attempts`
  if (attempts === 0) return 'not tried yet'
  if (lastReason !== '') return `${count}, the last: ${lastReason}`
  return lastStatus === 0 ? count : `${count}, the last answered ${lastStatus}`
}
