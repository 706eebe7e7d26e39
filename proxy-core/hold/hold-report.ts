/** What a pool's hold tells about itself and about those who wait in it. */
import type { Exchange } from '../exchange/exchange.ts'
import type { HeldRequest, HoldStatus } from '../model/hold-report.ts'
import type { Clock } from '../time/clock.ts'
import type { Hold } from './hold.ts'

export function holdStatusOf(pool: string, hold: Hold, clock: Clock): HoldStatus {
  const { counters, settings, operator, oldestMs } = hold
  const { held, heldMax, entered, released, expired, refused, abandoned, waitedMs } = counters
  const nowMs = clock.now()
  const wallOffsetMs = clock.wallNow() - nowMs
  return {
    ...{ pool, held, heldMax, maxRequests: settings.maxRequests },
    ...{ bytes: hold.bytes, maxBytes: settings.maxBytes },
    oldestMs: oldestMs === null ? null : Math.max(0, nowMs - oldestMs),
    operator:
      operator === null
        ? null
        : { untilMs: Math.round(operator.untilMs + wallOffsetMs), reason: operator.reason },
    ...{ entered, released, expired, refused, abandoned, waitedMs }
  }
}

/** At most `limit` of those who wait, the next ones first. */
export function heldRequestsOf(hold: Hold, limit: number, nowMs: number): readonly HeldRequest[] {
  const positions = new Map<number, number>()
  return hold.waiting(limit).map((exchange) => {
    const lane = exchange.hold!.lane.id
    const position = (positions.get(lane) ?? 0) + 1
    positions.set(lane, position)
    return heldRequest(exchange, position, nowMs)
  })
}

function heldRequest(exchange: Exchange, position: number, nowMs: number): HeldRequest {
  const { method, target, route, clientAddress, hold } = exchange
  return {
    ...{ position, method, target, route, client: clientAddress },
    ageMs: Math.max(0, nowMs - hold!.sinceMs),
    leftMs: Math.max(0, exchange.totalDeadlineMs - nowMs),
    bodyBytes: exchange.requestBytes + exchange.bodyRemaining
  }
}
