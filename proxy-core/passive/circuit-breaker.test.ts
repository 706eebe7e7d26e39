/** Contract: the table in docs/reference/passive-health.md, row by row. */
import { expect, test } from 'vitest'
import { readText, tableRows } from '../../test/architecture/markdown.ts'
import { CircuitBreaker } from './circuit-breaker.ts'

const SETTINGS = { failureThreshold: 2, recoveryTimeoutMs: 60_000, halfOpenRequests: 2 }

interface Walk {
  readonly breaker: CircuitBreaker
  readonly trials: number[]
}

/** The events that the table names. */
const EVENTS: Readonly<Record<string, (walk: Walk) => void>> = {
  'a success': ({ breaker }) => breaker.succeeded(0),
  'a failure': ({ breaker }) => breaker.failed(0),
  '`failure_threshold` failures in a row': ({ breaker }) => {
    for (let n = 0; n < SETTINGS.failureThreshold; n++) breaker.failed(0)
  },
  'a success or failure of an older request': ({ breaker }) => {
    breaker.succeeded(0)
    breaker.failed(0)
  },
  '`recovery_timeout` is over': ({ breaker }) => breaker.recover(),
  'a trial fails': ({ breaker }) => breaker.failed(breaker.begin()),
  'a trial succeeds': ({ breaker }) => breaker.succeeded(breaker.begin()),
  '`half_open_requests` trials succeed in a row': ({ breaker }) => {
    for (let n = 0; n < SETTINGS.halfOpenRequests; n++) breaker.succeeded(breaker.begin())
  }
}

const WAYS: Readonly<Record<string, readonly string[]>> = {
  closed: [],
  open: ['`failure_threshold` failures in a row'],
  'half open': ['`failure_threshold` failures in a row', '`recovery_timeout` is over']
}

const ROWS = tableRows(readText('docs/reference/passive-health.md'), '## Circuit breaker')

test.each(ROWS.map((row) => row.map((cell) => cell.trim())))('%s, %s: %s', (from, event, to) => {
  const walk: Walk = { breaker: new CircuitBreaker(SETTINGS), trials: [] }
  for (const step of WAYS[from!]!) EVENTS[step]!(walk)
  EVENTS[event!]!(walk)
  expect(walk.breaker.state.replace('_', ' ')).toBe(to)
})

test('the table has every state with every event that can happen in it', () => {
  expect(ROWS).toHaveLength(9)
  expect(new Set(ROWS.map(([from]) => from))).toEqual(new Set(Object.keys(WAYS)))
})

function halfOpen(): CircuitBreaker {
  const breaker = new CircuitBreaker(SETTINGS)
  breaker.failed(0)
  breaker.failed(0)
  breaker.recover()
  return breaker
}

test('half open admits so many at one time, and a place comes back with the end of a trial', () => {
  const breaker = halfOpen()
  const first = breaker.begin()
  breaker.begin()
  expect(breaker.admits).toBe(false)
  breaker.trialEnded(first)
  expect(breaker.admits).toBe(true)
})

test('a trial of an earlier half-open phase counts no more', () => {
  const breaker = halfOpen()
  const slow = breaker.begin()
  breaker.failed(breaker.begin())
  breaker.recover()
  breaker.begin()
  breaker.begin()
  breaker.trialEnded(slow)
  expect(breaker.admits).toBe(false)
  breaker.failed(slow)
  expect(breaker.state).toBe('half_open')
})
