/** Contract: never more messages than the rate lets through at once and time gives back, whatever the trace. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { MessageAllowance } from './message-allowance.ts'

test('over any trace no more leaves than the rate allows, and all of that does', () => {
  const traces = fc.record({
    messages: fc.integer({ min: 1, max: 20 }),
    perMs: fc.integer({ min: 1_000, max: 3_600_000 }),
    pauses: fc.array(fc.nat({ max: 600_000 }), { minLength: 1, maxLength: 100 })
  })
  fc.assert(
    fc.property(traces, ({ messages, perMs, pauses }) => {
      const clock = new ManualClock()
      const allowance = new MessageAllowance(clock, { messages, perMs })
      let taken = 0
      for (const pauseMs of pauses) {
        while (allowance.available > 0) {
          allowance.take()
          taken += 1
        }
        expect(taken).toBeLessThanOrEqual(messages + (clock.now() * messages) / perMs + 1e-6)
        clock.advance(pauseMs)
      }
      const waitMs = allowance.nextInMs
      clock.advance(waitMs)
      expect(allowance.available).toBeGreaterThan(0)
      expect(waitMs).toBeLessThanOrEqual(Math.ceil(perMs / messages))
    })
  )
})

test('without a rate everything may leave', () => {
  const allowance = new MessageAllowance(new ManualClock(), null)
  for (let index = 0; index < 1_000; index += 1) allowance.take()
  expect([allowance.available, allowance.nextInMs]).toEqual([Infinity, 0])
})

test('another rate keeps what was used up', () => {
  const allowance = new MessageAllowance(new ManualClock(), { messages: 5, perMs: 60_000 })
  for (let index = 0; index < 4; index += 1) allowance.take()
  allowance.become({ messages: 6, perMs: 60_000 })
  expect(allowance.available).toBe(2)
  allowance.become({ messages: 2, perMs: 60_000 })
  expect(allowance.available).toBe(0)
})
