/** Contract: what was asked for is tried again, and only where that is safe. */
import { expect, test } from 'vitest'
import {
  ATTEMPT_FAILURES,
  statusFailure,
  type AttemptFailure
} from '../exchange/attempt-failure.ts'
import { DEFAULT_RETRY } from '../model/default-settings.ts'
import type { RetrySettings } from '../model/settings.ts'
import { RetryPolicy, type Retried } from './retry-policy.ts'

const GET: Retried = {
  retries: 0,
  isIdempotent: true,
  isReplayable: true,
  hasResponseStarted: false,
  startedMs: 0,
  heldMs: 0
}
const POST: Retried = { ...GET, isIdempotent: false }
const { connect, broken, timeout } = ATTEMPT_FAILURES

const ROWS: readonly (readonly [
  string,
  Partial<RetrySettings>,
  Retried,
  AttemptFailure,
  boolean
])[] = [
  ['a refused connection', {}, GET, connect, true],
  ['a refused connection of a POST: nothing was sent', {}, POST, connect, true],
  ['a reset', {}, GET, broken, true],
  ['a reset under a POST', {}, POST, broken, false],
  [
    'a POST that may be repeated',
    { isForAllMethods: true },
    { ...POST, isIdempotent: true },
    broken,
    true
  ],
  ['no answer in time', {}, GET, timeout, true],
  ['a listed status', {}, GET, statusFailure(503, 0), true],
  ['a status that is not listed', {}, GET, statusFailure(500, 0), false],
  ['a condition that is not listed', { on: ['timeout'] }, GET, broken, false],
  ['a body that is gone', {}, { ...GET, isReplayable: false }, broken, false],
  ['a body that is gone but was never sent', {}, { ...GET, isReplayable: false }, connect, true],
  ['a response that the client sees', {}, { ...GET, hasResponseStarted: true }, broken, false],
  ['the last but one try', { attempts: 3 }, { ...GET, retries: 1 }, broken, true],
  ['the last try', { attempts: 3 }, { ...GET, retries: 2 }, broken, false],
  ['one attempt in all', { attempts: 1 }, GET, connect, false],
  ['time left', { timeoutMs: 1001 }, GET, broken, true],
  ['no time left', { timeoutMs: 1000 }, GET, broken, false],
  ['a short pause is asked for', { on: [429] }, GET, statusFailure(429, 1000), true],
  ['a pause longer than any wait', { on: [429] }, GET, statusFailure(429, 1001), false]
]

test.each(ROWS)('%s', (_name, settings, exchange, failure, isAllowed) => {
  const policy = new RetryPolicy({ ...DEFAULT_RETRY, ...settings })
  expect(policy.allows(exchange, failure, 1000)).toBe(isAllowed)
})

test('a longer Retry-After stands in for the wait', () => {
  const policy = new RetryPolicy(DEFAULT_RETRY)
  expect(policy.waitMs(GET, statusFailure(503, 700), () => 0.5)).toBe(700)
  expect(policy.waitMs(GET, broken, () => 0.4)).toBe(10)
})
