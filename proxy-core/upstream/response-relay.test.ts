/**
 * Contract: the client gets the body that the backend sent, framed as its protocol version
 * knows it, in any split of the octets; what is cut off is seen to be cut off.
 */
import { describe, expect, test } from 'vitest'
import type { BackendExchange } from '../../test/servers/backend-connection.ts'
import { configuration } from '../../test/servers/configuration.ts'
import { EngineFixture, startBackend } from '../../test/servers/engine-fixture.ts'
import { eventually, within } from '../../test/servers/eventually.ts'
import type { ResponseMessage } from '../../test/servers/http-message.ts'
import { fieldValue, fieldValues } from '../../test/servers/http-head.ts'
import type { RawClient } from '../../test/servers/raw-client.ts'
import type { RecordingBackend } from '../../test/servers/recording-backend.ts'

interface Setting {
  readonly fixture: EngineFixture
  readonly backend: RecordingBackend
  readonly client: RawClient
}

async function answering(
  script: (exchange: BackendExchange) => void | Promise<void>
): Promise<Setting> {
  const backend = await startBackend('scripted', { script })
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  return { fixture, backend, client: await fixture.connect() }
}

/** Each octet by a write of its own, with turns of the event loop in between. */
async function drip(exchange: BackendExchange, text: string): Promise<void> {
  for (const octet of text) {
    exchange.send(octet)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const request = (method: string, version: string, ...fields: string[]): string =>
  [`${method} / HTTP/${version}`, 'Host: a.test', ...fields, '', ''].join('\r\n')

interface Case {
  readonly title: string
  readonly answer: string
  /** The backend closes after the answer. */
  readonly isClosing?: boolean
  readonly method?: string
  readonly version?: '1.0' | '1.1'
  readonly fields?: readonly string[]
  readonly body: string
  readonly framing: ResponseMessage['framing']['kind']
  readonly connection?: string
  readonly trailers?: number
  /** The backend's connection is used again. */
  readonly isReused: boolean
}

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
const LENGTH = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n'

const CASES: readonly Case[] = [
  {
    title: 'a length',
    answer: `${LENGTH}\r\nhello`,
    body: 'hello',
    framing: 'length',
    isReused: true
  },
  {
    title: 'chunks with an extension and trailers',
    answer: `${CHUNKED}2;x=1\r\nhe\r\n3\r\nllo\r\n0\r\nX-Sum: 1\r\nContent-Length: 9\r\n\r\n`,
    body: 'hello',
    framing: 'chunked',
    trailers: 1,
    isReused: true
  },
  {
    title: 'until close, which becomes chunks',
    answer: 'HTTP/1.1 200 OK\r\n\r\nhello',
    isClosing: true,
    body: 'hello',
    framing: 'chunked',
    isReused: false
  },
  {
    title: 'until close and empty',
    answer: 'HTTP/1.1 200 OK\r\n\r\n',
    isClosing: true,
    body: '',
    framing: 'chunked',
    isReused: false
  },
  {
    title: 'chunks for an HTTP/1.0 client',
    answer: `${CHUNKED}2\r\nhe\r\n3\r\nllo\r\n0\r\nX-Sum: 1\r\n\r\n`,
    version: '1.0',
    fields: ['Connection: keep-alive'],
    body: 'hello',
    framing: 'until-close',
    connection: 'close',
    isReused: true
  },
  {
    title: 'until close for an HTTP/1.0 client',
    answer: 'HTTP/1.0 200 OK\r\n\r\nhello',
    isClosing: true,
    version: '1.0',
    body: 'hello',
    framing: 'until-close',
    connection: 'close',
    isReused: false
  },
  {
    title: 'a length for an HTTP/1.0 client that wants to stay',
    answer: `${LENGTH}\r\nhello`,
    version: '1.0',
    fields: ['Connection: keep-alive'],
    body: 'hello',
    framing: 'length',
    connection: 'keep-alive',
    isReused: true
  },
  {
    title: 'a backend of HTTP/1.0 that closes',
    answer: 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello',
    body: 'hello',
    framing: 'length',
    isReused: false
  },
  {
    title: 'a backend of HTTP/1.0 that stays',
    answer: 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello',
    body: 'hello',
    framing: 'length',
    isReused: true
  },
  {
    title: 'a backend that says close',
    answer: `${LENGTH}Connection: close\r\n\r\nhello`,
    body: 'hello',
    framing: 'length',
    isReused: false
  },
  {
    title: 'HEAD with the length of what GET would bring',
    answer: `${LENGTH}\r\n`,
    method: 'HEAD',
    body: '',
    framing: 'none',
    isReused: true
  },
  {
    title: 'HEAD with a coding',
    answer: CHUNKED,
    method: 'HEAD',
    body: '',
    framing: 'none',
    isReused: true
  },
  {
    title: '204 with a length that it must not have',
    answer: 'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n',
    body: '',
    framing: 'none',
    isReused: true
  },
  {
    title: '304 with the length of what 200 would bring',
    answer: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
    body: '',
    framing: 'none',
    isReused: true
  },
  {
    title: 'interim responses before it',
    answer: `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${LENGTH}\r\nhello`,
    body: 'hello',
    framing: 'length',
    isReused: true
  },
  {
    title: 'interim responses, of which HTTP/1.0 knows nothing',
    answer: `HTTP/1.1 103 Early Hints\r\n\r\n${LENGTH}\r\nhello`,
    version: '1.0',
    body: 'hello',
    framing: 'length',
    connection: 'close',
    isReused: true
  }
]

describe.each([
  ['in one piece', (exchange: BackendExchange, text: string) => exchange.send(text)],
  ['octet by octet', drip]
] as const)('a response %s', (_, send) => {
  test.each(CASES)('with $title', async (one) => {
    const { backend, client, fixture } = await answering(async (exchange) => {
      await send(exchange, one.answer)
      if (one.isClosing === true) exchange.end()
    })
    const { method = 'GET', version = '1.1' } = one
    client.send(request(method, version, ...(one.fields ?? [])))
    let response = await client.readResponse(method)
    // HTTP/1.0 knows no interim responses.
    if (version === '1.0') expect(response.status).toBe(200)
    while (response.status < 200) response = await client.readResponse(method)
    expect(response.body.toString()).toBe(one.body)
    expect(response.framing.kind).toBe(one.framing)
    expect(fieldValues(response, 'connection')).toEqual(
      one.connection === undefined ? [] : [one.connection]
    )
    expect(response.trailers).toHaveLength(one.trailers ?? 0)
    if (response.status === 204) expect(fieldValue(response, 'content-length')).toBeUndefined()
    await eventually('the end', () => fixture.pool().counters.inFlight === 0)
    const { idle } = fixture.pool().connectionsOf(fixture.backend(backend.address))
    expect(idle).toBe(one.isReused ? 1 : 0)
  })
})

const END_OF_BACKEND = {
  FIN: (exchange: BackendExchange) => exchange.end(),
  RST: (exchange: BackendExchange) => exchange.reset()
}

describe.each(['FIN', 'RST'] as const)('a response that the backend cuts by %s', (end) => {
  test.each([
    ['within a length', `${LENGTH}\r\nhell`, '1.1'],
    ['before any octet of a length', `${LENGTH}\r\n`, '1.1'],
    ['within a chunk', `${CHUNKED}5\r\nhell`, '1.1'],
    ['between two chunks', `${CHUNKED}5\r\nhello\r\n`, '1.1'],
    ['within the trailers', `${CHUNKED}5\r\nhello\r\n0\r\nX: 1\r\n`, '1.1'],
    ['within a chunk, for HTTP/1.0', `${CHUNKED}5\r\nhell`, '1.0'],
    ['within a length, for HTTP/1.0', `${LENGTH}\r\nhell`, '1.0']
  ])('%s reaches the client as a reset', async (_, answer, version) => {
    const { client, fixture, backend } = await answering(async (exchange) => {
      exchange.send(answer)
      await within('the begin at the client', begun)
      END_OF_BACKEND[end](exchange)
    })
    const begun = client.readThrough('\r\n\r\n')
    client.send(request('GET', version))
    expect(await within('the end', client.closed)).toBe('reset')
    const { counters } = fixture.backend(backend.address)
    expect([counters.serverAborts, counters.inFlight]).toEqual([1, 0])
  })

  test('before its head is whole becomes a 502', async () => {
    const { client } = await answering((exchange) => {
      exchange.send('HTTP/1.1 200 OK\r\nContent-')
      setImmediate(() => END_OF_BACKEND[end](exchange))
    })
    client.send(request('GET', '1.1'))
    expect((await client.readResponse()).status).toBe(502)
  })
})

test('a body that only a reset ends is not passed on as complete', async () => {
  const { client } = await answering(async (exchange) => {
    exchange.send('HTTP/1.1 200 OK\r\n\r\nhello')
    await within('the begin at the client', begun)
    exchange.reset()
  })
  const begun = client.readThrough('hello')
  client.send(request('GET', '1.1'))
  expect(await within('the end', client.closed)).toBe('reset')
  expect(client.received.toString()).not.toContain('0\r\n\r\n')
})

test.each([
  ['a size that is no number', 'x\r\nhello\r\n0\r\n\r\n'],
  ['no line end behind the data', '5\r\nhello0\r\n\r\n'],
  ['a bare LF', '5\nhello\r\n0\r\n\r\n'],
  ['a negative size', '-5\r\nhello\r\n0\r\n\r\n'],
  ['trailers that are no fields', '5\r\nhello\r\n0\r\nGET / HTTP/1.1\r\n\r\n']
])('chunks with %s are not passed on as complete', async (_, chunks) => {
  const { client } = await answering((exchange) => exchange.send(CHUNKED + chunks))
  client.send(request('GET', '1.1'))
  expect(await within('the end', client.closed)).toBe('reset')
  expect(client.received.toString()).not.toContain('0\r\n\r\n')
})

test('a cut answer takes nothing of an earlier one back from a client that pipelines', async () => {
  const first = 'x'.repeat(1_000_000)
  const { client } = await answering((exchange) => {
    if (exchange.method === 'GET') {
      exchange.respond({ body: first })
    } else {
      exchange.send(`${CHUNKED}5\r\nhell`)
      setTimeout(() => exchange.reset(), 10)
    }
  })
  client.socket.pause()
  client.send(request('GET', '1.1') + request('OPTIONS', '1.1'))
  await new Promise((resolve) => setTimeout(resolve, 40))
  client.socket.resume()
  expect((await client.readResponse()).body.length).toBe(first.length)
  await expect(client.readResponse()).rejects.toThrow('ended before')
  client.halfClose()
  await within('the end', client.closed)
})
