/**
 * Contract: a side that takes octets, however slowly, is not idle; one that takes none for the
 * idle time is; and nothing puts the total off.
 */
import { beforeEach, expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { EngineContext } from '../engine/engine-context.ts'
import { Exchange } from '../exchange/exchange.ts'
import { TICK_MS } from '../time/deadline-wheel.ts'
import type { Transport } from '../transport/transport.ts'
import type { UpstreamConnection } from '../upstream/upstream-connection.ts'
import { ClientDeadlines } from './client-deadlines.ts'
import { ClientPhase } from './client-phase.ts'
import type { Listener } from './listener.ts'

const IDLE_MS = 1000

class Waiting extends ClientDeadlines {
  ends: string[] = []
  protected override idleMs = IDLE_MS
  protected override requestTimedOut(): void {
    this.ends.push('request')
  }
  protected override exchangeTimedOut(_exchange: Exchange, isTotal: boolean): void {
    this.ends.push(isTotal ? 'total' : 'exchange')
  }
}

/** A side with octets that it has not taken yet. */
function slowSide(unsentBytes: number): Transport & { unsentBytes: number } {
  const side = { unsentBytes, isBlocked: true, pause: () => undefined }
  Object.defineProperty(side, 'hasPendingWrites', { get: () => side.unsentBytes > 0 })
  return side as unknown as Transport & { unsentBytes: number }
}

let clock: ManualClock
let waiting: Waiting

beforeEach(() => {
  clock = new ManualClock()
  const context = new EngineContext(clock, Math.random, () => undefined)
  waiting = new Waiting({ context } as Listener)
})

/** Time passes in steps below the idle time, and `side` takes an octet in each. */
function sipFor(side: { unsentBytes: number }, periodMs: number): void {
  for (let passedMs = 0; passedMs < periodMs; passedMs += IDLE_MS / 2) {
    side.unsentBytes--
    clock.advance(IDLE_MS / 2)
  }
}

function exchange(parts: Partial<Exchange>): Exchange {
  return Object.assign(new Exchange(), parts)
}

test('a client that takes its answer bit by bit is waited for, until it stops', () => {
  const client = slowSide(1000)
  waiting.transport = client
  waiting.phase = ClientPhase.WAIT
  waiting.exchange = exchange({ hasResponseStarted: true })
  waiting.writeStalled()
  sipFor(client, 10 * IDLE_MS)
  expect(waiting.ends).toEqual([])
  clock.advance(2 * IDLE_MS + TICK_MS)
  expect(waiting.ends).toEqual(['exchange'])
})

test('a client that takes nothing from the beginning is cut after one idle time', () => {
  waiting.transport = slowSide(1000)
  waiting.exchange = exchange({ hasResponseStarted: true })
  waiting.writeStalled()
  clock.advance(IDLE_MS + 2 * TICK_MS)
  expect(waiting.ends).toEqual(['exchange'])
})

test.each([ClientPhase.IDLE, ClientPhase.CLOSING])(
  'in phase %i a client that still takes its last answer is waited for',
  (phase) => {
    const client = slowSide(1000)
    waiting.transport = client
    waiting.phase = phase
    waiting.writeStalled()
    sipFor(client, 10 * IDLE_MS)
    expect(waiting.ends).toEqual([])
    clock.advance(2 * IDLE_MS + TICK_MS)
    expect(waiting.ends).toEqual(['request'])
  }
)

test('a head in part is not excused by an answer that is still being taken', () => {
  const client = slowSide(1000)
  waiting.transport = client
  waiting.phase = ClientPhase.HEAD
  waiting.setDeadline(IDLE_MS)
  sipFor(client, 2 * IDLE_MS)
  expect(waiting.ends).toEqual(['request'])
})

test('a place in the queue is not kept longer because an earlier answer is still being taken', () => {
  const client = slowSide(1000)
  waiting.transport = client
  waiting.phase = ClientPhase.WAIT
  waiting.exchange = exchange({ isQueued: true })
  waiting.setDeadline(IDLE_MS)
  sipFor(client, 2 * IDLE_MS)
  expect(waiting.ends).toEqual(['exchange'])
})

test('a backend that takes the body bit by bit is waited for, until it stops', () => {
  const backend = slowSide(1000)
  waiting.transport = slowSide(0)
  waiting.phase = ClientPhase.BODY
  waiting.exchange = exchange({ upstream: { transport: backend } as UpstreamConnection })
  waiting.uploadStalled()
  waiting.setDeadline(IDLE_MS)
  sipFor(backend, 10 * IDLE_MS)
  expect(waiting.ends).toEqual([])
  clock.advance(2 * IDLE_MS + TICK_MS)
  expect(waiting.ends).toEqual(['exchange'])
})

test('the total comes in spite of everything', () => {
  const client = slowSide(1000)
  waiting.transport = client
  waiting.exchange = exchange({ hasResponseStarted: true, totalDeadlineMs: 5 * IDLE_MS })
  waiting.writeStalled()
  sipFor(client, 6 * IDLE_MS)
  expect(waiting.ends).toEqual(['total'])
})

test('a wait of none is bounded by the total alone', () => {
  waiting.transport = slowSide(0)
  waiting.exchange = exchange({ totalDeadlineMs: 5 * IDLE_MS })
  waiting.setDeadline(IDLE_MS)
  waiting.setDeadline(0)
  clock.advance(4 * IDLE_MS)
  expect(waiting.ends).toEqual([])
  clock.advance(IDLE_MS + 2 * TICK_MS)
  expect(waiting.ends).toEqual(['total'])
})
