/** Contract: what a test of channels answers about one that is late, that fails, or that only counts. */
import { expect, test } from 'vitest'
import { DeliveryFailure } from './delivery-failure.ts'
import {
  countingChannel,
  testChannels,
  testMessage,
  type TestedChannel,
  type TestOutcome
} from './test-message.ts'

const TIMEOUT_MS = 10

async function outcomeOf(deliver: TestedChannel['deliver']): Promise<TestOutcome> {
  const about = { name: 'hook', type: 'webhook', destination: 'there' } as const
  const channel = { ...about, timeoutMs: TIMEOUT_MS, deliver }
  const [outcome] = await testChannels([channel], testMessage('a-1', 0))
  return outcome!
}

test('one that does not answer is late, whatever its end sounds like', async () => {
  const outcome = await outcomeOf((_message, signal) => {
    const { promise, reject } = Promise.withResolvers<never>()
    signal.addEventListener('abort', () => reject(new Error('aborted')))
    return promise
  })
  expect(outcome).toMatchObject({ outcome: 'failed', detail: 'No answer within 0.01 s.' })
})

test('one that refuses just then says why', async () => {
  const outcome = await outcomeOf(() => {
    const untilMs = performance.now() + TIMEOUT_MS + 2
    // Without a turn of the event loop, so that the timeout cannot have fired.
    while (performance.now() < untilMs);
    return Promise.reject(new DeliveryFailure('It is full.'))
  })
  expect(outcome).toMatchObject({ outcome: 'failed', detail: 'It is full.' })
})

test('one that only counts is skipped', async () => {
  const [outcome] = await testChannels([countingChannel({ name: 'm' })], testMessage('a-1', 0))
  expect(outcome).toMatchObject({ channel: 'm', type: 'metrics', outcome: 'skipped' })
})
