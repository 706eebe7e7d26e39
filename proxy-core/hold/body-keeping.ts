/**
 * The body of a request that waits: read from its client as it comes and kept, within what the
 * pool has left, so that it can be sent when a backend is there.
 */
import { BodySpool } from '../exchange/body-spool.ts'
import { BodyFraming, type Exchange } from '../exchange/exchange.ts'
import { REFUSALS, type Refusal } from '../listener/refusal.ts'
import type { HeldPlace } from './held-place.ts'
import type { HoldSpace } from './hold-space.ts'

/** For a body whose length is not announced. */
const CHUNKED_MEMORY_BYTES = 64 * 1024

/** As `requestHeadText` writes it; it is the only line of this name. */
const EXPECT_LINE = '\r\nExpect: 100-continue\r\n'
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

/** Reserves what the body takes. Returns why it cannot wait, or null. */
export function reserveBody(
  exchange: Exchange,
  place: HeldPlace,
  space: HoldSpace,
  limitBytes: number
): Refusal | null {
  const bytes = exchange.requestBytes + exchange.bodyRemaining
  if (bytes > limitBytes) return REFUSALS.holdBody
  const more = Math.max(0, bytes - place.bytes)
  if (!space.take(more)) return REFUSALS.holdFull
  place.bytes += more
  if (exchange.isRequestComplete || exchange.spool !== null) return null
  const isChunked = exchange.bodyFraming === BodyFraming.CHUNKED
  place.memoryBytes = space.takeMemory(isChunked ? CHUNKED_MEMORY_BYTES : exchange.bodyRemaining)
  const limits = { memoryBytes: place.memoryBytes, limitBytes }
  exchange.spool = new BodySpool(limits, () => {
    exchange.client?.listener.context.tick()
    exchange.client?.proceed()
  })
  return null
}

/** More of a body came whose length was not announced. Returns whether it may be kept. */
export function reserveMore(exchange: Exchange, place: HeldPlace, space: HoldSpace): boolean {
  const more = exchange.requestBytes - place.bytes
  if (more <= 0) return true
  if (!space.take(more)) return false
  place.bytes += more
  return true
}

export function giveBody(place: HeldPlace, space: HoldSpace): void {
  space.give(place.bytes)
  space.giveMemory(place.memoryBytes)
  place.bytes = place.memoryBytes = 0
}

/** RFC 9110 section 10.1.1: a client that asks before it sends is told to send. */
export function takeExpectation(exchange: Exchange): void {
  const { requestText } = exchange
  const at = requestText.indexOf(EXPECT_LINE)
  if (at < 0) return
  const end = at + EXPECT_LINE.length
  exchange.requestText = `${requestText.substring(0, at)}\r\n${requestText.substring(end)}`
  if (!exchange.isRequestComplete && exchange.requestBytes === 0) {
    exchange.client!.transport.write(CONTINUE)
  }
}
