/** Carries the octets of a request body to the backend, by the framing that the head declared. */
import { BodyFraming, type Exchange } from '../exchange/exchange.ts'
import type { HeadFault } from '../http1/head-fault.ts'
import { SMALL_WRITE_BYTES, type Transport } from '../transport/transport.ts'
import { REFUSALS, type Refusal } from './refusal.ts'

/** From this much on a body is worth a large read buffer. */
const BULK_FROM_BYTES = 64 * 1024

export interface BodyProgress {
  /** Where the octets of the body that were there end. */
  readonly end: number
  readonly fault: HeadFault | Refusal | null
}

/**
 * A body that came whole with its head leaves whole with its head: one write, and a text that
 * can be sent again. Returns the offset behind it, or `start` when that cannot be done.
 */
export function attachSmallBody(
  exchange: Exchange,
  buffer: Buffer,
  start: number,
  end: number
): number {
  const length = exchange.bodyRemaining
  if (exchange.bodyFraming !== BodyFraming.LENGTH) return start
  if (length > end - start || length > SMALL_WRITE_BYTES) return start
  exchange.requestText += buffer.toString('latin1', start, start + length)
  exchange.bodyRemaining = 0
  exchange.requestBytes += length
  exchange.isRequestComplete = true
  return start + length
}

/** Relays `buffer[start, end)` as far as it belongs to the body; sets `isRequestComplete`. */
export function relayBody(
  exchange: Exchange,
  source: Transport,
  buffer: Buffer,
  start: number,
  end: number
): BodyProgress {
  if (exchange.spool === null) exchange.isReplayable = false
  const upstream = exchange.upstream!.transport
  return passBody(exchange, source, upstream, buffer, start, end)
}

/** As `relayBody`, of a request that waits: the body is kept, and goes to nobody yet. */
export function keepBody(
  exchange: Exchange,
  source: Transport,
  buffer: Buffer,
  start: number,
  end: number
): BodyProgress {
  const progress = passBody(exchange, source, null, buffer, start, end)
  if (progress.fault !== null) return progress
  if (exchange.spool === null) return { end: progress.end, fault: REFUSALS.holdBody }
  if (!exchange.assignedPool!.holdLine!.bodyGrew(exchange)) {
    return { end: progress.end, fault: REFUSALS.holdFull }
  }
  return progress
}

/** `upstream`: null where nobody takes it yet. */
function passBody(
  exchange: Exchange,
  source: Transport,
  upstream: Transport | null,
  buffer: Buffer,
  start: number,
  end: number
): BodyProgress {
  if (exchange.bodyFraming === BodyFraming.CHUNKED) {
    return passChunks(exchange, source, upstream, buffer, start, end)
  }
  const bodyEnd = start + Math.min(exchange.bodyRemaining, end - start)
  upstream?.relay(source, buffer, start, bodyEnd)
  keep(exchange, buffer, start, bodyEnd)
  exchange.requestBytes += bodyEnd - start
  exchange.bodyRemaining -= bodyEnd - start
  if (exchange.bodyRemaining === 0) exchange.isRequestComplete = true
  else if (exchange.bodyRemaining > BULK_FROM_BYTES) source.beginBulk()
  return { end: bodyEnd, fault: null }
}

function passChunks(
  exchange: Exchange,
  source: Transport,
  upstream: Transport | null,
  buffer: Buffer,
  start: number,
  end: number
): BodyProgress {
  const framer = exchange.bodyFramer!
  const before = framer.dataLength
  let at = start
  while (at < end && !framer.isDone) {
    const next = framer.feed(buffer, at, end)
    if (next < 0) return { end: at, fault: framer.fault }
    if (framer.passEnd > at) {
      upstream?.relay(source, buffer, at, framer.passEnd)
      keep(exchange, buffer, at, framer.passEnd)
    }
    at = next
  }
  exchange.requestBytes += framer.dataLength - before
  if (framer.isDone) {
    if (framer.trailerText !== '') {
      upstream?.write(framer.trailerText)
      const trailer = Buffer.from(framer.trailerText, 'latin1')
      keep(exchange, trailer, 0, trailer.length)
    }
    exchange.isRequestComplete = true
  } else if (end === buffer.length) {
    source.beginBulk()
  }
  return { end: at, fault: null }
}

/** For another try; what cannot be kept is sent once. */
function keep(exchange: Exchange, buffer: Buffer, start: number, end: number): void {
  const { spool } = exchange
  if (spool === null || spool.append(buffer.subarray(start, end))) return
  exchange.dropSpool()
}
