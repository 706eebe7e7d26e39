/**
 * Contract: what was stored reaches a backend as it came, at least once, in the order of its key;
 * what cannot be delivered now is tried again, and what never can be is put aside.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { BackendExchange } from '../servers/backend-connection.ts'
import { startBackend } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { fieldValue } from '../servers/http-head.ts'
import { ManualClock } from '../servers/manual-clock.ts'
import { RecordingBackend } from '../servers/recording-backend.ts'
import { settled, startStoring, statesOf, statusOf, stored } from '../servers/storing-engine.ts'
import { temporaryFolder } from '../servers/temporary-folder.ts'

const SECOND = 1000

describe('one request', () => {
  test('method, path, query, fields and body arrive as they came', async () => {
    const backend = await startBackend()
    const { fixture, store } = await startStoring({ backends: [backend] })
    const location = await stored(fixture, '/orders?x=1', 'hello', 'X-Case: 7', 'Content-Type: a/b')
    const request = await backend.received()
    expect([request.method, request.target, request.body.toString()]).toEqual([
      'POST',
      '/orders?x=1',
      'hello'
    ])
    const [entry] = store.all
    const value = (name: string): string | undefined => fieldValue(request, name)
    expect(value('host')).toBe('a.test')
    expect(value('x-case')).toBe('7')
    expect(value('content-type')).toBe('a/b')
    expect(value('x-forwarded-for')).toBe('127.0.0.1')
    expect(value('idempotency-key')).toBe(entry!.idempotencyKey)
    expect(value('x-buffered-at')).toBe(new Date(entry!.receivedAtMs).toISOString())
    expect(value('x-buffered-attempt')).toBe('1')
    await settled(store, ['delivered'])
    expect(await statusOf(fixture, location)).toMatchObject({ state: 'delivered', lastStatus: 200 })
    expect(backend.violations).toEqual([])
  })

  test('a long body arrives whole, also at a backend that takes it slowly', async () => {
    const length = 5_000_000
    const taken: BackendExchange[] = []
    const backend = await startBackend('slow', {
      script: async (exchange) => {
        taken.push(exchange)
        await exchange.request
        exchange.respond({ body: 'ok' })
      }
    })
    const { fixture, store } = await startStoring({ backends: [backend] })
    const body = 'x'.repeat(length)
    await stored(fixture, '/big', body)
    await settled(store, ['delivered'])
    expect(backend.requests[0]!.body.length).toBe(length)
  })

  test('without a body it says so where the method has one', async () => {
    const backend = await startBackend()
    const { fixture, store } = await startStoring({
      backends: [backend],
      store: { methods: ['POST', 'DELETE'] }
    })
    await stored(fixture, '/empty')
    const client = await fixture.connect()
    client.send('DELETE /gone HTTP/1.1\r\nHost: a.test\r\n\r\n')
    expect((await client.readResponse('DELETE')).status).toBe(202)
    await settled(store, ['delivered', 'delivered'])
    const lengths = backend.requests.map((one) => fieldValue(one, 'content-length'))
    expect(lengths).toEqual(['0', undefined])
  })

  test('the delivery is counted as a request of the pool', async () => {
    const backend = await startBackend()
    const { fixture, store } = await startStoring({ backends: [backend] })
    await stored(fixture, '/')
    await settled(store, ['delivered'])
    expect(fixture.pool().counters.requests).toBe(1)
    expect(fixture.backend(backend.address).counters.requests).toBe(1)
    expect(fixture.engine.listeners[0]!.counters.requests).toBe(1)
    expect(fixture.engine.buffer!.routes[0]).toMatchObject({ delivered: 1, running: 0 })
  })
})

test('a delivery is in the access log of the listener that took the request', async () => {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  const file = join(folder.path, 'access.log')
  const backend = await startBackend()
  const { fixture, store } = await startStoring({
    backends: [backend],
    listener: { access_log: { format: 'json', file }, request_id: { header: 'X-Request-Id' } }
  })
  await stored(fixture, '/orders')
  await settled(store, ['delivered'])
  await fixture.stop()
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(entries).toMatchObject([
    { listener: 'web', route: 'orders', status: 202 },
    { listener: 'delivery:orders', route: 'orders', status: 200, backend: backend.address }
  ])
  expect(entries[1]!['request_id']).toBe(entries[0]!['request_id'])
})

describe('verdicts', () => {
  test.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [301, 'dead'],
    [404, 'dead'],
    [400, 'dead'],
    [501, 'dead']
  ])('%i makes it %s at once', async (status, state) => {
    const backend = await startBackend('b', { script: (exchange) => exchange.respond({ status }) })
    const { fixture, store } = await startStoring({ backends: [backend] })
    const location = await stored(fixture, '/')
    await settled(store, [state])
    expect(backend.requests.length).toBe(1)
    expect(await statusOf(fixture, location)).toMatchObject({ state, lastStatus: status })
  })

  test.each([408, 425, 429, 500, 502, 503, 504])('%i is tried again', async (status) => {
    const clock = new ManualClock()
    let left = 2
    const backend = await startBackend('b', {
      script: (exchange) => exchange.respond({ status: left-- > 0 ? status : 200 })
    })
    const { fixture, store } = await startStoring({ backends: [backend] }, { clock })
    const location = await stored(fixture, '/')
    await eventually('the first attempt', () => store.all[0]!.attempts === 1)
    const status1 = (await statusOf(fixture, location)) as { nextAttemptAt: string }
    expect(status1).toMatchObject({ state: 'pending', attempts: 1, lastStatus: status })
    expect(Date.parse(status1.nextAttemptAt)).toBeGreaterThanOrEqual(clock.wallNow())
    await eventually('the second attempt', async () => {
      await clock.advanceAsync(SECOND)
      return store.all[0]!.state === 'delivered'
    })
    expect(backend.requests.map((one) => fieldValue(one, 'x-buffered-attempt'))).toEqual([
      '1',
      '2',
      '3'
    ])
  })

  test('what counts as success is the operator’s to say', async () => {
    const backend = await startBackend('b', { script: (one) => one.respond({ status: 409 }) })
    const { fixture, store } = await startStoring({
      backends: [backend],
      store: { success: ['200-299', 409] }
    })
    await stored(fixture, '/')
    await settled(store, ['delivered'])
  })

  test('a connection that breaks off is an attempt, and the next one goes', async () => {
    const clock = new ManualClock()
    let left = 1
    const backend = await startBackend('b', {
      script: (exchange) => {
        if (left-- > 0) exchange.connection.socket.resetAndDestroy()
        else exchange.respond({ status: 200 })
      }
    })
    const { fixture, store } = await startStoring({ backends: [backend] }, { clock })
    await stored(fixture, '/')
    await eventually('the first attempt', () => store.all[0]!.attempts === 1)
    expect(store.all[0]!.lastReason).toBe('the backend broke off or sent a malformed response')
    await eventually('the second', async () => {
      await clock.advanceAsync(SECOND)
      return store.all[0]!.state === 'delivered'
    })
  })

  test('an answer that is cut off in its body was no answer', async () => {
    let left = 1
    const clock = new ManualClock()
    const backend = await startBackend('b', {
      script: (exchange) => {
        if (left-- > 0) {
          exchange.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart')
          setImmediate(() => exchange.connection.socket.resetAndDestroy())
        } else exchange.respond({ status: 200 })
      }
    })
    const { fixture, store } = await startStoring({ backends: [backend] }, { clock })
    await stored(fixture, '/')
    await eventually('the first attempt', () => store.all[0]!.attempts === 1)
    expect(store.all[0]!.lastReason).toBe('the response was cut off')
    await eventually('the second', async () => {
      await clock.advanceAsync(SECOND)
      return store.all[0]!.state === 'delivered'
    })
  })

  test('Retry-After is honoured, in seconds and as a date', async () => {
    const clock = new ManualClock()
    const asks = ['30', new Date(clock.wallNow() + 90 * SECOND).toUTCString()]
    const backend = await startBackend('b', {
      script: (exchange) => {
        const ask = asks.shift()
        if (ask === undefined) exchange.respond({ status: 200 })
        else exchange.respond({ status: 503, fields: [['Retry-After', ask]] })
      }
    })
    const { fixture, store } = await startStoring({ backends: [backend] }, { clock })
    const location = await stored(fixture, '/')
    const next = async (): Promise<number> => {
      const { nextAttemptAt } = (await statusOf(fixture, location)) as { nextAttemptAt: string }
      return Date.parse(nextAttemptAt)
    }
    const startedAtMs = clock.wallNow()
    await eventually('the first attempt', () => store.all[0]!.attempts === 1)
    expect(await next()).toBe(startedAtMs + 30 * SECOND)
    await clock.advanceAsync(30 * SECOND)
    await eventually('the second attempt', () => store.all[0]!.attempts === 2)
    expect(await next()).toBe(startedAtMs + 90 * SECOND)
    await clock.advanceAsync(60 * SECOND)
    await settled(store, ['delivered'])
  })

  test('after the last attempt it is a dead letter, which is told', async () => {
    const clock = new ManualClock()
    const backend = await startBackend('b', { script: (one) => one.respond({ status: 500 }) })
    const { fixture, store } = await startStoring(
      { backends: [backend], store: { attempts: 2 } },
      { clock }
    )
    await stored(fixture, '/')
    await eventually('its end', async () => {
      await clock.advanceAsync(SECOND)
      return store.all[0]!.state === 'dead'
    })
    const event = await fixture.eventOf('store')
    expect(event).toMatchObject({ outcome: 'dead_letter', route: 'orders', count: 1 })
    expect(event.reason).toContain('the backend answered 500 at the last of 2 attempts')
  })

  test('a request whose time is over is not sent any more, which is told', async () => {
    const clock = new ManualClock()
    const backend = await startBackend('b', { script: (one) => one.respond({ status: 500 }) })
    const { fixture, store } = await startStoring(
      { backends: [backend], store: { ttl: '10s', backoff: { scale: '1m', jitter: 'none' } } },
      { clock }
    )
    await stored(fixture, '/')
    await eventually('the first attempt', () => store.all[0]!.attempts === 1)
    await clock.advanceAsync(10 * SECOND)
    await settled(store, ['expired'])
    expect(backend.requests.length).toBe(1)
    expect(await fixture.eventOf('store')).toMatchObject({ outcome: 'expired', route: 'orders' })
  })
})

describe('order', () => {
  test('requests of one key arrive one after the other, also while the first one fails', async () => {
    const clock = new ManualClock()
    let left = 2
    const seen: string[] = []
    const backend = await startBackend('b', {
      script: (exchange) => {
        seen.push(exchange.target)
        exchange.respond({ status: exchange.target === '/a1' && left-- > 0 ? 500 : 200 })
      }
    })
    const { fixture, store } = await startStoring(
      { backends: [backend], store: { key: 'header:x-case' } },
      { clock }
    )
    for (const target of ['/a1', '/a2', '/b1', '/a3', '/b2']) {
      await stored(fixture, target, '', `X-Case: ${target[1]!}`)
    }
    await eventually('the other key', () => seen.includes('/b2'))
    expect(seen.filter((target) => target.startsWith('/a'))).toEqual(['/a1'])
    await eventually('the rest', async () => {
      await clock.advanceAsync(SECOND)
      return seen.includes('/a3')
    })
    expect(seen.filter((target) => target.startsWith('/a'))).toEqual([
      '/a1',
      '/a1',
      '/a1',
      '/a2',
      '/a3'
    ])
    expect(seen.filter((target) => target.startsWith('/b'))).toEqual(['/b1', '/b2'])
    await settled(store, ['delivered', 'delivered', 'delivered', 'delivered', 'delivered'])
  })

  test('a dead letter lets the next one of its key go', async () => {
    const backend = await startBackend('b', {
      script: (exchange) => exchange.respond({ status: exchange.target === '/1' ? 400 : 200 })
    })
    const { fixture, store } = await startStoring({
      backends: [backend],
      store: { key: 'header:x-case' }
    })
    for (const target of ['/1', '/2']) await stored(fixture, target, '', 'X-Case: a')
    await settled(store, ['dead', 'delivered'])
  })

  test('no more than concurrency run at one time', async () => {
    const held: BackendExchange[] = []
    const backend = await startBackend('b', { script: (exchange) => void held.push(exchange) })
    const { fixture, store } = await startStoring({
      backends: [backend],
      store: { concurrency: 2 }
    })
    for (let turn = 0; turn < 5; turn++) await stored(fixture, `/${turn}`)
    for (let turn = 0; turn < 5; turn++) {
      const exchange = await eventually('a delivery', () => held.shift())
      expect(fixture.engine.buffer!.routes[0]!.running).toBeLessThanOrEqual(2)
      exchange.respond({ status: 200 })
    }
    await settled(
      store,
      Array.from({ length: 5 }, () => 'delivered')
    )
  })
})

describe('backends', () => {
  test('while nobody of the pool serves nothing is sent, and that is no attempt', async () => {
    const clock = new ManualClock()
    const backend = await startBackend()
    const { fixture, store } = await startStoring({ backends: [backend] }, { clock })
    fixture.engine.setAdminState('main', backend.address, 'maint', 'test')
    await stored(fixture, '/1')
    await stored(fixture, '/2')
    await clock.advanceAsync(60 * SECOND)
    expect(store.all.map(({ attempts }) => attempts)).toEqual([0, 0])
    expect(store.outcomes).toEqual([])
    fixture.engine.setAdminState('main', backend.address, 'ready', 'test')
    await settled(store, ['delivered', 'delivered'])
    expect(fieldValue(backend.requests[0]!, 'x-buffered-attempt')).toBe('1')
  })

  test('a key whose partition is away waits, and other keys pass it', async () => {
    const clock = new ManualClock()
    const backends = [await startBackend('b0'), await startBackend('b1')]
    const key = 'header:x-case'
    const { fixture, store } = await startStoring(
      {
        backends,
        pool: { algorithm: 'partition', partition: { key, when_unavailable: 'refuse' } },
        store: { key, drop_headers: ['X-Case'] }
      },
      { clock }
    )
    const cases = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    for (const one of cases) await stored(fixture, `/${one}1`, '', `X-Case: ${one}`)
    await settled(
      store,
      cases.map(() => 'delivered')
    )
    const homes = backends.map(({ targets }) => targets.map((target) => target[1]!))
    expect(homes.every(({ length }) => length > 0)).toBe(true)
    const [away, there] = homes as [string[], string[]]
    fixture.engine.setAdminState('main', backends[0]!.address, 'maint', 'test')
    for (const one of cases) await stored(fixture, `/${one}2`, '', `X-Case: ${one}`)
    await eventually('who is there', () => backends[1]!.requests.length === 2 * there.length)
    await clock.advanceAsync(60 * SECOND)
    expect(store.stats().pending).toBe(away.length)
    expect(
      store.all.every(({ attempts, state }) => attempts === (state === 'pending' ? 0 : 1))
    ).toBe(true)
    fixture.engine.setAdminState('main', backends[0]!.address, 'ready', 'test')
    await eventually('all', () => store.stats().pending === 0)
    expect(backends[0]!.requests.length).toBe(2 * away.length)
    expect(backends[1]!.requests.length).toBe(2 * there.length)
  })

  test('a retry of the route goes to another backend within one attempt', async () => {
    const bad = await startBackend('bad', { script: (one) => one.respond({ status: 503 }) })
    const good = await startBackend('good')
    const { fixture, store } = await startStoring({
      backends: [bad, good],
      pool: { retry: { on: [503], attempts: 2, backoff: { scale: 0 } } }
    })
    for (const target of ['/1', '/2']) await stored(fixture, target)
    await settled(store, ['delivered', 'delivered'])
    expect(good.requests.map((one) => fieldValue(one, 'x-buffered-attempt'))).toEqual(['1', '1'])
    expect(good.requests.length).toBe(2)
  })

  test('while an operator holds the pool, what is stored waits as well', async () => {
    const clock = new ManualClock()
    const backend = await startBackend()
    const { fixture, store } = await startStoring(
      { backends: [backend], pool: { buffer: { mode: 'hold' } } },
      { clock }
    )
    fixture.engine.holdPool('main', 60 * SECOND, 'maintenance')
    await stored(fixture, '/')
    await clock.advanceAsync(30 * SECOND)
    expect(backend.requests).toEqual([])
    fixture.engine.releasePool('main', 'done')
    await settled(store, ['delivered'])
  })

  test('a fallback answer of the pool is no delivery', async () => {
    const clock = new ManualClock()
    const { fixture, store } = await startStoring(
      { backends: [], pool: { fallback: { status: 200, body: 'later' } } },
      { clock }
    )
    await stored(fixture, '/')
    await clock.advanceAsync(10 * SECOND)
    expect(statesOf(store)).toEqual(['pending'])
  })
})

test('a backend that is killed and comes back gets everything, in the order of each key', async () => {
  const seen: string[] = []
  const script = (exchange: BackendExchange): void => {
    seen.push(exchange.target)
    exchange.respond({ status: 200 })
  }
  const first = await RecordingBackend.start({ script })
  const { port } = first
  const { fixture, store } = await startStoring({
    backends: [`127.0.0.1:${port}`],
    store: { key: 'query:k', backoff: { scale: '5ms', max: '20ms' } }
  })
  const targets = Array.from({ length: 60 }, (_, at) => `/${at}?k=${at % 3}`)
  for (const [at, target] of targets.entries()) {
    if (at === 20) await first.stop()
    await stored(fixture, target)
  }
  const second = await startBackend('again', { script, port })
  await eventually('all', () => store.stats().pending === 0)
  for (const key of [0, 1, 2]) {
    const its = seen.filter((target) => target.endsWith(`k=${key}`))
    expect([...new Set(its)]).toEqual(targets.filter((target) => target.endsWith(`k=${key}`)))
  }
  expect(second.violations).toEqual([])
})
