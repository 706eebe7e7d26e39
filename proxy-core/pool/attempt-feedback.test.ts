/** Contract: which ends of an attempt speak against its backend, and what time is the backend's. */
import { expect, test } from 'vitest'
import { BodySpool } from '../exchange/body-spool.ts'
import { Exchange } from '../exchange/exchange.ts'
import { attemptLatencyMs, hasAttemptFailed, UNTIMED } from './attempt-feedback.ts'

function ended(parts: Partial<Exchange>): Exchange {
  return Object.assign(new Exchange(), { isRequestComplete: true, sentMs: 1000 }, parts)
}

test.each([
  ['an answer', { status: 200, responseHeadMs: 5 }, false],
  ['an answer to a mistake of the client', { status: 404, responseHeadMs: 5 }, false],
  ['an error of the backend', { status: 500, responseHeadMs: 5 }, true],
  ['no response in time', { status: 504, termination: 'timeout' }, true],
  ['a connection that broke', { status: 502, termination: 'upstream_closed' }, true],
  ['half a response', { status: 200, responseHeadMs: 5, termination: 'upstream_closed' }, true],
  ['a defect of ours', { status: 500, termination: 'internal_error' }, false],
  ['a client that left', { termination: 'client_left' }, false],
  ['a client that did not send its body', { status: 408, termination: 'body_timeout' }, false]
])('%s: failed %s', (_end, parts, hasFailed) => {
  expect(hasAttemptFailed(ended(parts))).toBe(hasFailed)
})

test('the time is that to the head of the response, or until the attempt was given up', () => {
  expect(attemptLatencyMs(ended({ responseHeadMs: 7 }), 9000)).toBe(7)
  expect(attemptLatencyMs(ended({}), 9000)).toBe(8000)
})

test('a body that the client sent piece by piece makes the time worthless', () => {
  expect(attemptLatencyMs(ended({ responseHeadMs: 7, isReplayable: false }), 9000)).toBe(UNTIMED)
  expect(attemptLatencyMs(ended({ isRequestComplete: false }), 9000)).toBe(UNTIMED)
  const kept = ended({ responseHeadMs: 7 })
  kept.spool = new BodySpool({ memoryBytes: 10, limitBytes: 10 }, () => undefined)
  expect(attemptLatencyMs(kept, 9000)).toBe(UNTIMED)
  kept.dropSpool()
  expect(attemptLatencyMs(kept, 9000)).toBe(UNTIMED)
})
