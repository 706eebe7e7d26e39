/** Contract: each attempt has its own times, and a request that is tried for ever stays small. */
import { expect, test } from 'vitest'
import { noteFailedAttempt, trailOf } from './attempt-trail.ts'
import { Exchange } from './exchange.ts'

function exchangeAt(startedMs: number): Exchange {
  return Object.assign(new Exchange(), { startedMs, attempts: 1 })
}

test('the queue and the dial of an attempt are told apart, and the next attempt begins anew', () => {
  const exchange = exchangeAt(1000)
  const trail = trailOf(exchange)
  trail.enterQueue(1000)
  trail.leaveQueue(1200)
  trail.dial(1200)
  noteFailedAttempt(exchange, 'a:80', 'connect ECONNREFUSED a:80', 1230)
  expect(trail.failed).toEqual([
    {
      backend: 'a:80',
      startedMs: 0,
      queueMs: 200,
      connectMs: 30,
      firstByteMs: -1,
      transferMs: -1,
      status: null,
      failure: 'connect ECONNREFUSED a:80'
    }
  ])
  trail.dial(1230)
  trail.connected(1235)
  expect([trail.beganMs, trail.queueMs, trail.connectMs]).toEqual([1230, 0, 5])
})

test('reasons become half sentences', () => {
  const exchange = exchangeAt(0)
  noteFailedAttempt(exchange, 'a:80', 'The backend was marked down.', 1)
  noteFailedAttempt(exchange, 'a:80', 'TLS failed.', 2)
  expect(exchange.trail!.failed.map(({ failure }) => failure)).toEqual([
    'the backend was marked down',
    'TLS failed'
  ])
})

test('no more than fifteen failed attempts are kept', () => {
  const exchange = exchangeAt(0)
  for (let n = 0; n < 100; n++) noteFailedAttempt(exchange, 'a:80', 'no', n)
  expect(exchange.trail!.failed).toHaveLength(15)
})

test('a record that is used again has no trail', () => {
  const exchange = exchangeAt(0)
  noteFailedAttempt(exchange, 'a:80', 'no', 1)
  exchange.recycle()
  expect(exchange.trail).toBeNull()
})
