/** Contract: what fails is tried again elsewhere, where that is safe, and the client notices nothing. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { configuration, type ConfigurationParts } from '../servers/configuration.ts'
import type { Script } from '../servers/backend-connection.ts'
import { EngineFixture, getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { HangingPort } from '../servers/hanging-port.ts'
import { fieldValue } from '../servers/http-head.ts'
import { ManualClock } from '../servers/manual-clock.ts'
import { answerWithTarget, type RecordingBackend } from '../servers/recording-backend.ts'

/** No waits, so that the order is all that matters. */
const AT_ONCE = { backoff: { scale: 0 } }

const reset: Script = (exchange) => exchange.reset()

function answering(status: number, ...fields: readonly [string, string][]): Script {
  return async (exchange) => {
    await exchange.request
    exchange.respond({ status, fields: [...fields], body: `answer ${status}` })
  }
}

interface Pair {
  readonly fixture: EngineFixture
  readonly bad: RecordingBackend
  readonly good: RecordingBackend
}

/** Two backends, of which the first is asked first. */
async function pair(
  script: Script,
  retry: object = {},
  parts: ConfigurationParts = {}
): Promise<Pair> {
  const bad = await startBackend('bad', { script })
  const good = await startBackend('good')
  const fixture = await EngineFixture.start(
    configuration({
      ...parts,
      backends: [bad, good],
      pool: { retry: { ...AT_ONCE, ...retry }, ...parts.pool }
    })
  )
  return { fixture, bad, good }
}

async function post(
  fixture: EngineFixture,
  body: string | Buffer,
  ...lines: readonly string[]
): Promise<{ status: number; body: string }> {
  const client = await fixture.connect()
  const head = ['POST /orders HTTP/1.1', 'Host: a.test', `Content-Length: ${body.length}`, ...lines]
  client.send(`${head.join('\r\n')}\r\n\r\n`)
  client.send(body)
  const response = await client.readResponse()
  return { status: response.status, body: response.body.toString() }
}

describe('what is tried again', () => {
  test('a connection that breaks before the response', async () => {
    const { fixture, bad } = await pair(reset)
    expect(await fixture.get('/a')).toEqual({ status: 200, body: 'good /a 0' })
    expect(bad.acceptedCount).toBe(1)
    const { retries, redispatches } = fixture.pool().counters
    expect([retries, redispatches]).toEqual([1, 1])
  })

  test('an answer with a listed status; what the client gets is the other answer alone', async () => {
    const { fixture } = await pair(answering(503, ['X-Secret', 'inside']))
    const client = await fixture.connect()
    client.send(getRequest('/a') + getRequest('/b'))
    const [first, second] = [await client.readResponse(), await client.readResponse()]
    expect([first.status, second.status]).toEqual([200, 200])
    expect(fieldValue(first, 'x-secret')).toBeUndefined()
  })

  test('a status that is not listed goes to the client', async () => {
    const { fixture, good } = await pair(answering(500))
    expect(await fixture.get('/a')).toEqual({ status: 500, body: 'answer 500' })
    expect(good.requests).toHaveLength(0)
  })

  test('no answer within the time of a try', async () => {
    const clock = new ManualClock()
    const silent = await startBackend('silent', { script: () => undefined })
    const good = await startBackend('good')
    const fixture = await EngineFixture.start(
      configuration({
        backends: [silent, good],
        pool: { retry: { ...AT_ONCE, per_try_timeout: '2s' } }
      }),
      { clock }
    )
    const answer = fixture.get('/a')
    await silent.received(1)
    await clock.advanceAsync(1900)
    expect(good.requests).toHaveLength(0)
    await clock.advanceAsync(200)
    expect(await answer).toEqual({ status: 200, body: 'good /a 0' })
  })

  test('a port that takes no connection in time', async () => {
    const clock = new ManualClock()
    const hanging = await HangingPort.start()
    onTestFinished(() => hanging.stop())
    const good = await startBackend('good')
    const fixture = await EngineFixture.start(
      configuration({
        backends: [hanging.address, good],
        pool: { retry: AT_ONCE, timeouts: { connect: '1s' } }
      }),
      { clock }
    )
    const answer = fixture.get('/a')
    await eventually('the dial', () => fixture.pool().counters.requests === 1)
    await clock.advanceAsync(1100)
    expect(await answer).toEqual({ status: 200, body: 'good /a 0' })
  })
})

describe('what is not', () => {
  test('a POST that may have done something', async () => {
    const { fixture, good } = await pair(reset)
    expect((await post(fixture, 'order')).status).toBe(502)
    expect(good.requests).toHaveLength(0)
  })

  test.each([
    ['a key', {}, ['Idempotency-Key: 7']],
    ["the operator's word", { non_idempotent: true }, []]
  ])('a POST with %s is', async (_name, retry, lines) => {
    const { fixture, good } = await pair(reset, retry)
    expect(await post(fixture, 'order', ...lines)).toEqual({ status: 200, body: 'good /orders 5' })
    expect(good.requests[0]!.body.toString()).toBe('order')
  })

  test('a response that has begun is broken off, not begun anew', async () => {
    const { fixture, good } = await pair((exchange) => {
      exchange.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')
      exchange.reset()
    })
    const client = await fixture.connect()
    client.send(getRequest('/a'))
    await client.closed
    expect(good.requests).toHaveLength(0)
  })

  test('more often than `attempts`, and the last answer counts', async () => {
    const backends = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => startBackend(name, { script: answering(503) }))
    )
    const fixture = await EngineFixture.start(
      configuration({ backends, pool: { retry: { ...AT_ONCE, attempts: 3 } } })
    )
    expect(await fixture.get('/a')).toEqual({ status: 503, body: 'answer 503' })
    expect(backends.map((backend) => backend.requests.length)).toEqual([1, 1, 1, 0])
  })

  test('what the budget does not allow', async () => {
    const { fixture, good } = await pair(reset, { budget: { ratio: 0, min_per_second: 0 } })
    expect((await fixture.get('/a')).status).toBe(502)
    expect(good.requests).toHaveLength(0)
    expect(fixture.pool().counters.retriesDenied).toBe(1)
  })

  test('a refused connection needs no budget while another backend was not asked', async () => {
    const good = await startBackend('good')
    const fixture = await EngineFixture.start(
      configuration({
        backends: ['127.0.0.1:1', good],
        pool: { retry: { ...AT_ONCE, budget: { ratio: 0, min_per_second: 0 } } }
      })
    )
    expect(await fixture.get('/a')).toEqual({ status: 200, body: 'good /a 0' })
    good.script = reset
    expect((await fixture.get('/b')).status).toBe(502)
  })

  test('a route that wants none', async () => {
    const { fixture } = await pair(reset, {}, { route: { retry: { attempts: 1 } } })
    expect((await fixture.get('/a')).status).toBe(502)
  })
})

describe('to whom and when', () => {
  test('a lone backend is asked again after the wait', async () => {
    const clock = new ManualClock()
    const backend = await startBackend('flaky', { script: reset })
    const backoff = { scale: '1s', growth: 2, jitter: 'none', max: '10s' }
    const fixture = await EngineFixture.start(
      configuration({ backends: [backend], pool: { retry: { backoff } } }),
      { clock }
    )
    const answer = fixture.get('/a')
    await eventually('the first try', () => fixture.pool().counters.retries === 1)
    expect(fixture.backend(backend.address).load).toBe(0)
    backend.script = answerWithTarget('flaky')
    await clock.advanceAsync(900)
    expect(backend.acceptedCount).toBe(1)
    await clock.advanceAsync(100)
    expect(await answer).toEqual({ status: 200, body: 'flaky /a 0' })
  })

  test('a client that leaves ends the wait', async () => {
    const clock = new ManualClock()
    const backend = await startBackend('bad', { script: reset })
    const fixture = await EngineFixture.start(
      configuration({
        backends: [backend],
        pool: { retry: { backoff: { min: '5s', max: '10s' } } }
      }),
      { clock }
    )
    const client = await fixture.connect()
    client.send(getRequest('/a'))
    await eventually('the first try', () => fixture.pool().counters.retries === 1)
    client.close()
    await eventually('its end', () => fixture.pool().counters.inFlight === 0)
    await clock.advanceAsync(10_000)
    expect(backend.acceptedCount).toBe(1)
  })

  test("a backend's Retry-After is waited for", async () => {
    const clock = new ManualClock()
    const { fixture, good } = await (async () => {
      const bad = await startBackend('bad', { script: answering(503, ['Retry-After', '1']) })
      const other = await startBackend('good')
      const started = await EngineFixture.start(
        configuration({ backends: [bad, other], pool: { retry: {} } }),
        { clock }
      )
      return { fixture: started, good: other }
    })()
    const answer = fixture.get('/a')
    await eventually('the first try', () => fixture.pool().counters.retries === 1)
    await clock.advanceAsync(900)
    expect(good.requests).toHaveLength(0)
    await clock.advanceAsync(200)
    expect((await answer).status).toBe(200)
  })

  test('one that is too long goes to the client', async () => {
    const { fixture } = await pair(answering(503, ['Retry-After', '3600']))
    expect((await fixture.get('/a')).body).toBe('answer 503')
  })
})

describe('bodies', () => {
  const PIECE = Buffer.alloc(100_000, 'abcdefghij')

  /** Takes a part of the body, then breaks off. */
  const takesHalf: Script = async (exchange) => {
    await eventually('a part', () => exchange.connection.unread.length > 20_000)
    exchange.reset()
  }

  test.each([
    ['memory', { body_memory: '1MB' }],
    ['a file', { body_memory: 0 }]
  ])('a long body that waits in %s is sent again whole', async (_name, retry) => {
    const { fixture, good } = await pair(takesHalf, retry)
    const answer = await post(fixture, PIECE, 'Idempotency-Key: 7')
    expect(answer).toEqual({ status: 200, body: 'good /orders 100000' })
    expect(good.requests[0]!.body.equals(PIECE)).toBe(true)
  })

  test('a chunked body and its trailers too', async () => {
    const { fixture, good } = await pair(takesHalf, { body_memory: 30_000 })
    const client = await fixture.connect()
    client.send(
      'PUT /orders HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n'
    )
    for (let n = 0; n < 5; n++) client.send(`4e20\r\n${'x'.repeat(20_000)}\r\n`)
    client.send('0\r\nX-Sum: 5\r\n\r\n')
    expect((await client.readResponse()).body.toString()).toBe('good /orders 100000')
    expect(good.violations).toEqual([])
  })

  test('a body over the limit is sent once', async () => {
    const { fixture, good } = await pair(takesHalf, { body_limit: '50KB' })
    expect((await post(fixture, PIECE, 'Idempotency-Key: 7')).status).toBe(502)
    expect(good.requests).toHaveLength(0)
  })

  test('what the client still sends follows what was sent again', async () => {
    const { fixture, good } = await pair(takesHalf)
    const client = await fixture.connect()
    client.send(`PUT /o HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${PIECE.length}\r\n\r\n`)
    client.send(PIECE.subarray(0, 60_000))
    await eventually('the second try', () => good.acceptedCount === 1)
    client.send(PIECE.subarray(60_000))
    expect((await client.readResponse()).body.toString()).toBe('good /o 100000')
    expect(good.requests[0]!.body.equals(PIECE)).toBe(true)
  })
})
