/**
 * Contract: every backend sees the last good addresses of its host; changes are told once;
 * a resolver that fails or hangs costs neither addresses, nor threads, nor the other names.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import type { EngineEventBody } from '../model/engine-event.ts'
import { AddressBook } from './address-book.ts'
import type { Resolver } from './resolver.ts'

interface Lookup {
  readonly host: string
  readonly atMs: number
  answer(...addresses: string[]): Promise<void>
  fail(code: string): Promise<void>
}

/** A resolver whose answers the test gives, look-up by look-up. */
class HeldResolver implements Resolver {
  readonly lookups: Lookup[] = []
  readonly #clock: ManualClock

  constructor(clock: ManualClock) {
    this.#clock = clock
  }

  resolve(host: string): Promise<readonly string[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>()
    this.lookups.push({
      host,
      atMs: this.#clock.now(),
      answer: (...addresses) => {
        resolve(addresses)
        return ManualClock.flush()
      },
      fail: (code) => {
        reject(Object.assign(new Error(`query failed: ${code}`), { code }))
        return ManualClock.flush()
      }
    })
    return promise
  }

  get last(): Lookup {
    return this.lookups.at(-1)!
  }
  get hosts(): string[] {
    return this.lookups.map(({ host }) => host)
  }
}

let clock: ManualClock
let resolver: HeldResolver
let book: AddressBook
let events: EngineEventBody[]

beforeEach(() => {
  clock = new ManualClock()
  resolver = new HeldResolver(clock)
  events = []
  book = new AddressBook({ resolver, clock, emit: (event) => events.push(event) })
})
afterEach(async () => {
  book.dispose()
  expect(clock.pendingCount).toBe(0)
  for (const lookup of resolver.lookups) await lookup.answer('192.0.2.1')
  expect(clock.pendingCount).toBe(0)
})

/** [backend, addresses, error] of every event so far. */
function told(): unknown[] {
  return events.map((event) =>
    event.kind === 'resolution' ? [event.backend, event.addresses, event.error] : event
  )
}

describe('an IP address', () => {
  test.each(['10.0.0.1', '::1'])('%s stands for itself at once, without a look-up', async (ip) => {
    const entry = book.acquire(ip, 'api', `${ip}:80`)
    expect([entry.addresses, entry.error]).toEqual([[ip], null])
    await entry.firstResolution
    entry.release()
    expect([resolver.lookups, events, book.size]).toEqual([[], [], 0])
  })
})

describe('a name', () => {
  test('is looked up at once and again an interval after each answer', async () => {
    book.setInterval(3000)
    const entry = book.acquire('web', 'api', 'web:80')
    expect(entry.addresses).toEqual([])
    await clock.advanceAsync(100)
    await resolver.last.answer('10.0.0.1', '10.0.0.2')
    await entry.firstResolution
    expect(entry.addresses).toEqual(['10.0.0.1', '10.0.0.2'])
    await clock.advanceAsync(3000)
    await resolver.last.answer('10.0.0.1', '10.0.0.2')
    await clock.advanceAsync(3000)
    expect(resolver.lookups.map(({ atMs }) => atMs)).toEqual([0, 3100, 6100])
  })

  test('tells of a new set, and neither of the same nor of another order', async () => {
    let changes = 0
    const entry = book.acquire('web', 'api', 'web:80', () => (changes += 1))
    await resolver.last.answer('10.0.0.1', '10.0.0.2')
    const first = entry.addresses
    await clock.advanceAsync(5000)
    await resolver.last.answer('10.0.0.2', '10.0.0.1')
    expect(entry.addresses).toBe(first)
    expect(changes).toBe(1)
    await clock.advanceAsync(5000)
    await resolver.last.answer('10.0.0.2')
    expect(told()).toEqual([
      ['web:80', ['10.0.0.1', '10.0.0.2'], null],
      ['web:80', ['10.0.0.2'], null]
    ])
    expect(changes).toBe(2)
  })

  test('keeps the last good set over errors, and tells of the first error and of its end', async () => {
    const entry = book.acquire('web', 'api', 'web:80')
    await resolver.last.answer('10.0.0.1')
    for (const code of ['EAI_AGAIN', 'ENOTFOUND', 'ESERVFAIL']) {
      await clock.advanceAsync(5000)
      await resolver.last.fail(code)
    }
    expect(entry.addresses).toEqual(['10.0.0.1'])
    expect(entry.error).toBe('The name web could not be resolved: the name server failed.')
    await clock.advanceAsync(5000)
    await resolver.last.answer('10.0.0.1')
    expect(entry.error).toBe(null)
    expect(told()).toEqual([
      ['web:80', ['10.0.0.1'], null],
      ['web:80', ['10.0.0.1'], 'The name web could not be resolved: no name server answered.'],
      ['web:80', ['10.0.0.1'], null]
    ])
  })

  test('that has never resolved has no address and an error, which is a state', async () => {
    const entry = book.acquire('nowhere', 'api', 'nowhere:80')
    await resolver.last.fail('ENOTFOUND')
    await entry.firstResolution
    expect([entry.addresses, entry.error]).toEqual([[], 'The name nowhere does not exist.'])
  })

  test('with an empty answer has an error', async () => {
    const entry = book.acquire('web', 'api', 'web:80')
    await resolver.last.answer()
    expect(entry.error).toBe('The name web has no address.')
  })

  test('with an error of another kind shows its words', async () => {
    const entry = book.acquire('web', 'api', 'web:80')
    await resolver.last.fail('EWEIRD')
    expect(entry.error).toBe('The name web could not be resolved: query failed: EWEIRD.')
  })

  test('takes a new interval at once', async () => {
    book.acquire('web', 'api', 'web:80')
    await resolver.last.answer('10.0.0.1')
    await clock.advanceAsync(1000)
    book.setInterval(500)
    await clock.advanceAsync(500)
    expect(resolver.lookups.map(({ atMs }) => atMs)).toEqual([0, 1500])
  })
})

describe('several backends of one name', () => {
  test('share its look-ups, whatever the case, and each is told', async () => {
    const one = book.acquire('Web', 'api', 'Web:80')
    const two = book.acquire('web', 'api', 'web:81')
    await resolver.last.answer('10.0.0.1')
    expect(resolver.hosts).toEqual(['web'])
    expect([one.addresses, two.addresses]).toEqual([['10.0.0.1'], ['10.0.0.1']])
    expect(told()).toEqual([
      ['Web:80', ['10.0.0.1'], null],
      ['web:81', ['10.0.0.1'], null]
    ])
  })

  test('know at once what is known already, and a late comer is told', async () => {
    book.acquire('web', 'api', 'web:80')
    await resolver.last.answer('10.0.0.1')
    const late = book.acquire('web', 'other', 'web:81')
    expect(late.addresses).toEqual(['10.0.0.1'])
    await late.firstResolution
    expect(told().slice(1)).toEqual([['web:81', ['10.0.0.1'], null]])
  })

  test('keep the name watched until the last one is released', async () => {
    const one = book.acquire('web', 'api', 'web:80')
    const two = book.acquire('web', 'api', 'web:81')
    await resolver.last.answer('10.0.0.1')
    one.release()
    one.release()
    await clock.advanceAsync(5000)
    expect(resolver.lookups).toHaveLength(2)
    two.release()
    expect([book.size, two.addresses]).toEqual([0, ['10.0.0.1']])
    await resolver.last.answer('10.0.0.9')
    await clock.advanceAsync(60_000)
    expect(resolver.lookups).toHaveLength(2)
    expect(events).toHaveLength(2)
  })

  test('may be released by a listener of the change', async () => {
    const entry = book.acquire('web', 'api', 'web:80', () => entry.release())
    await resolver.last.answer('10.0.0.1')
    expect(book.size).toBe(0)
    expect(clock.pendingCount).toBe(0)
  })
})

describe('a resolver that hangs', () => {
  test('is given up after 5 s, is not asked again, and its late answer counts', async () => {
    const entry = book.acquire('slow', 'api', 'slow:80')
    let isSettled = false
    void entry.firstResolution.then(() => (isSettled = true))
    await clock.advanceAsync(4999)
    expect(isSettled).toBe(false)
    await clock.advanceAsync(1)
    expect(isSettled).toBe(true)
    expect(entry.error).toBe('The name slow was not resolved within 5s.')
    await clock.advanceAsync(60_000)
    expect(resolver.lookups).toHaveLength(1)
    await resolver.last.answer('10.0.0.1')
    expect([entry.addresses, entry.error]).toEqual([['10.0.0.1'], null])
    expect(events).toHaveLength(2)
    await clock.advanceAsync(5000)
    expect(resolver.lookups).toHaveLength(2)
  })

  test('for two names leaves the others resolving', async () => {
    for (const host of ['slow1', 'slow2', 'quick1', 'quick2']) book.acquire(host, 'api', host)
    expect(resolver.hosts).toEqual(['slow1', 'slow2', 'quick1'])
    await resolver.last.answer('10.0.0.1')
    await resolver.last.answer('10.0.0.2')
    await clock.advanceAsync(5000)
    expect(resolver.hosts).toEqual(['slow1', 'slow2', 'quick1', 'quick2', 'quick1'])
  })

  test('for more names than may run does not hold up the start of the rest', async () => {
    const hosts = ['slow1', 'slow2', 'slow3', 'waiting']
    const entries = hosts.map((host) => book.acquire(host, 'api', host))
    await clock.advanceAsync(5000)
    await Promise.all(entries.map((entry) => entry.firstResolution))
    expect(resolver.hosts).toEqual(['slow1', 'slow2', 'slow3'])
    expect(entries.at(-1)?.error).toBe('The name waiting was not resolved within 5s.')
    await resolver.lookups[0]!.answer('10.0.0.1')
    expect(resolver.hosts.at(-1)).toBe('waiting')
  })
})

test('at most three look-ups run at a time, in the order of asking', async () => {
  const hosts = Array.from({ length: 10 }, (_, index) => `h${index}`)
  for (const host of hosts) book.acquire(host, 'api', host)
  for (let answered = 0; answered < hosts.length; answered += 1) {
    expect(resolver.lookups.length).toBe(Math.min(answered + 3, hosts.length))
    await resolver.lookups[answered]!.answer('10.0.0.1')
  }
  expect(resolver.hosts).toEqual(hosts)
})

test('dispose ends every look-up and timer, settles every wait, and keeps what is known', async () => {
  const known = book.acquire('known', 'api', 'known:80')
  await resolver.last.answer('10.0.0.1')
  const pending = book.acquire('pending', 'api', 'pending:80')
  book.dispose()
  await pending.firstResolution
  known.release()
  await resolver.last.answer('10.0.0.2')
  await clock.advanceAsync(60_000)
  expect([known.addresses, pending.addresses, book.size]).toEqual([['10.0.0.1'], [], 0])
  expect(resolver.lookups).toHaveLength(2)
  expect(events).toHaveLength(1)
})
