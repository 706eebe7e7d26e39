/**
 * Contract: the oldest first, one of a key at a time, many of different keys; a key that waits holds
 * up nobody else, and what was passed over meanwhile comes in its order.
 */
import { describe, expect, onTestFinished, test } from 'vitest'
import { MAX_AT_HAND, MAX_OF_KEY } from './lane-book.ts'
import { DeliveryBench } from './testing/delivery-bench.ts'
import { AWAY, BUSY, FAILED, TAKEN } from './testing/scripted-carrier.ts'

const SECOND = 1000
const EXACT = { scaleMs: SECOND, growth: 2, minMs: 0, maxMs: 60 * SECOND, jitter: 'none' } as const

function bench(...settings: ConstructorParameters<typeof DeliveryBench>): DeliveryBench {
  const made = new DeliveryBench(...settings)
  onTestFinished(async () => {
    const drained = made.desk.drain()
    made.desk.cut()
    await drained
    expect(made.clock.pendingCount).toBe(0)
  })
  return made
}

/** The seqs under way. */
function under({ carrier }: DeliveryBench): readonly number[] {
  return carrier.under.map(({ entry }) => entry.seq)
}

function take({ carrier }: DeliveryBench, ...seqs: readonly number[]): void {
  for (const seq of seqs) carrier.under.find(({ entry }) => entry.seq === seq)!.report(TAKEN)
}

describe('lanes', () => {
  test('one of a key at a time, the oldest first', async () => {
    const made = bench()
    for (const key of ['a', 'a', 'b', '', '', 'a']) made.accept(key)
    await made.settle()
    expect(under(made)).toEqual([1, 3, 4, 5])
    take(made, 1, 4)
    await made.settle()
    expect(under(made)).toEqual([3, 5, 2])
    take(made, 2)
    await made.settle()
    expect(under(made)).toEqual([3, 5, 6])
  })

  test('a key that waits for its next attempt is passed, and goes on behind it', async () => {
    const made = bench({ backoff: EXACT })
    for (const key of ['a', 'a', 'b', 'a']) made.accept(key)
    await made.settle()
    made.carrier.under[0]!.report(FAILED)
    await made.settle()
    take(made, 3)
    made.accept('a')
    await made.settle()
    expect(under(made)).toEqual([])
    await made.clock.advanceAsync(SECOND)
    await made.settle()
    expect(under(made)).toEqual([1])
    for (const seq of [1, 2, 4, 5]) {
      expect(under(made)).toEqual([seq])
      take(made, seq)
      await made.settle()
    }
    expect(made.store.stats().delivered).toBe(5)
  })

  test('the waits grow, and the number of the attempt with them', async () => {
    const made = bench({ backoff: EXACT })
    made.accept()
    for (const waitMs of [1000, 2000, 4000]) {
      await made.settle()
      made.carrier.under[0]!.report(FAILED)
      await made.settle()
      await made.clock.advanceAsync(waitMs - 1)
      await made.settle()
      expect(under(made)).toEqual([])
      await made.clock.advanceAsync(1)
    }
    await made.settle()
    expect(made.carrier.begun).toEqual(['1.1', '1.2', '1.3', '1.4'])
  })

  test('one key with more entries than are at hand takes no room from others', async () => {
    const made = bench({ concurrency: 2 })
    const many = 2 * MAX_AT_HAND
    for (let turn = 0; turn < many; turn++) made.accept('hot')
    const other = made.accept('other')
    await made.settle()
    expect(under(made)).toEqual([1, other])
    for (let seq = 1; seq <= many; seq++) {
      take(made, seq)
      await made.settle()
    }
    expect(made.store.stats().delivered).toBe(many)
    // Everything is looked at once, and a batch again for each time that the key runs dry.
    expect(made.store.looked).toBeLessThan(many + 512 + (many / MAX_OF_KEY + 1) * 600)
  })

  test('what operators have removed holds up nobody', async () => {
    const made = bench({ backoff: EXACT })
    for (const key of ['a', 'a', 'a', 'b']) made.accept(key)
    await made.settle()
    made.carrier.under[0]!.report(FAILED)
    await made.settle()
    for (const seq of [1, 2]) made.store.settle(seq, { kind: 'deleted' })
    await made.clock.advanceAsync(SECOND)
    await made.settle()
    expect(under(made)).toEqual([4, 3])
    take(made, 3)
    await made.settle()
    made.accept('a')
    await made.settle()
    expect(under(made)).toEqual([4, 5])
  })

  test('requests of other routes are left alone', async () => {
    const made = bench()
    made.accept('', { route: 'others' })
    made.accept('')
    await made.settle()
    expect(under(made)).toEqual([2])
  })
})

describe('the pool', () => {
  test('while nobody serves nothing begins; then everything goes on', async () => {
    const made = bench()
    made.isPoolServing = false
    for (const key of ['a', 'b', 'c', 'd']) made.accept(key)
    await made.clock.advanceAsync(60 * SECOND)
    expect(made.carrier.begun).toEqual([])
    made.isPoolServing = true
    made.poolChanged()
    await made.settle()
    // Who comes back is not met by everything that has waited.
    expect(made.carrier.begun).toEqual(['1.1'])
    take(made, 1)
    await made.settle()
    expect(made.carrier.begun).toEqual(['1.1', '2.1', '3.1'])
  })

  test('a return without an event is noticed too', async () => {
    const made = bench()
    made.isPoolServing = false
    made.accept()
    await made.settle()
    made.isPoolServing = true
    await made.clock.advanceAsync(SECOND)
    await made.settle()
    expect(made.carrier.begun).toEqual(['1.1'])
  })

  test('a key whose own backend is away waits for a change, without an attempt', async () => {
    const made = bench()
    for (const key of ['a', 'a', 'b']) made.accept(key)
    await made.settle()
    made.carrier.under[0]!.report(AWAY)
    await made.settle()
    expect(under(made)).toEqual([3])
    expect(made.store.outcomes).toEqual([])
    made.poolChanged()
    await made.settle()
    expect(made.carrier.begun).toEqual(['1.1', '3.1', '1.1'])
  })

  test('a pool that is busy is asked again after a moment, without an attempt', async () => {
    const made = bench()
    made.accept()
    await made.settle()
    made.carrier.under[0]!.report(BUSY)
    await made.settle()
    expect(under(made)).toEqual([])
    await made.clock.advanceAsync(SECOND)
    await made.settle()
    expect(made.carrier.begun).toEqual(['1.1', '1.1'])
  })

  test('when everything fails it becomes slow, and fast again with the successes', async () => {
    const made = bench({ backoff: EXACT, concurrency: 16 })
    for (let turn = 0; turn < 100; turn++) made.accept()
    await made.settle()
    expect(under(made).length).toBe(16)
    while (made.carrier.under.length > 0 && made.carrier.begun.length < 30) {
      made.carrier.under[0]!.report(FAILED)
      await made.settle()
    }
    // One at a time, and with a pause between them.
    expect(under(made).length).toBe(0)
    expect(made.carrier.begun.length).toBeLessThan(20)
    await made.clock.advanceAsync(2 * SECOND)
    await made.settle()
    expect(under(made).length).toBe(1)
    const widths: number[] = []
    for (let turn = 0; turn < 5; turn++) {
      for (const { report } of [...made.carrier.under]) report(TAKEN)
      await made.settle()
      widths.push(under(made).length)
    }
    expect(widths).toEqual([2, 8, 16, 16, 16])
  })
})

describe('time and ends', () => {
  test('a time that is over is noticed before the attempt, and of those that wait', async () => {
    const made = bench({ backoff: { ...EXACT, scaleMs: 10 * SECOND } })
    made.accept('a', { ttlMs: 5 * SECOND })
    made.accept('a', { ttlMs: 5 * SECOND })
    made.accept('a')
    await made.settle()
    made.carrier.under[0]!.report(FAILED)
    await made.settle()
    await made.clock.advanceAsync(7 * SECOND)
    await made.settle()
    expect(made.store.stats().expired).toBe(2)
    expect(under(made)).toEqual([3])
  })

  test('what belongs to no route of the configuration expires as well', async () => {
    const made = bench()
    made.accept('', { route: 'gone', ttlMs: 5 * SECOND })
    await made.clock.advanceAsync(7 * SECOND)
    await made.settle()
    expect(made.store.stats().expired).toBe(1)
    expect(made.desk.expiredElsewhere).toBe(1)
  })

  test('a disk that does not give the octets costs no attempt', async () => {
    const made = bench()
    const { read } = made.store
    made.store.read = () => Promise.reject(new Error('EIO'))
    made.accept()
    await made.settle()
    made.store.read = read.bind(made.store)
    await made.clock.advanceAsync(5 * SECOND)
    await made.settle()
    expect(made.carrier.begun).toEqual(['1.1'])
    expect(made.store.outcomes).toEqual([])
  })

  test('a store that cannot be searched is searched again', async () => {
    const made = bench()
    const { pendingAfter } = made.store
    made.store.pendingAfter = () => Promise.reject(new Error('EIO'))
    made.accept()
    await made.settle()
    made.store.pendingAfter = pendingAfter.bind(made.store)
    await made.clock.advanceAsync(5 * SECOND)
    await made.settle()
    expect(made.carrier.begun).toEqual(['1.1'])
  })

  test('a defect of ours costs one request an attempt, and the others nothing', async () => {
    const made = bench({ backoff: EXACT })
    made.carrier.began = ({ seq }) => {
      if (seq === 1) throw new Error('A defect.')
    }
    made.accept('a')
    made.accept('b')
    await made.settle()
    expect(made.store.outcomes).toEqual(['1 attempt 1: 0 the balancer failed on it'])
    expect(made.events).toMatchObject([{ kind: 'fault', code: 'INTERNAL' }])
    expect(made.carrier.begun).toEqual(['1.1', '2.1'])
  })

  test('a route that goes and comes back takes up where it was', async () => {
    const made = bench()
    for (const key of ['a', 'a']) made.accept(key)
    await made.settle()
    made.desk.configure([])
    take(made, 1)
    await made.settle()
    expect(under(made)).toEqual([])
    made.configure({})
    await made.settle()
    expect(under(made)).toEqual([2])
  })

  test('many that are given up are one event, and a number', async () => {
    const made = bench()
    for (let turn = 0; turn < 5; turn++) made.accept()
    await made.settle()
    const refused = { kind: 'answered', status: 400, retryAfterMs: 0 } as const
    for (const { report } of [...made.carrier.under]) report(refused)
    await made.settle()
    await made.clock.advanceAsync(10 * SECOND)
    const counts = made.events.flatMap((event) => (event.kind === 'store' ? [event.count] : []))
    expect(counts).toEqual([1, 4])
  })
})
