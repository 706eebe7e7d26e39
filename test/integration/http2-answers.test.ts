/** Contract: what backends answer by the rules of HTTP/1.1 reaches clients of HTTP/2 too. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { EngineFixture } from '../servers/engine-fixture.ts'
import { startBackend } from '../servers/engine-fixture.ts'
import { get, session, start } from '../servers/http2-fixture.ts'

const CHUNKED = 'Transfer-Encoding: chunked\r\n'

/** Its backend answers everything with `answer`. */
async function answering(answer: string): Promise<EngineFixture> {
  const backend = await startBackend('b', { script: (exchange) => exchange.send(answer) })
  return start({ backends: [backend] })
}

test('a field that comes twice, though once is enough, costs no answer', async () => {
  const twice = 'X-Content-Type-Options: nosniff\r\nETag: "1"\r\n'
  const fixture = await answering(`HTTP/1.1 200 OK\r\n${twice}${twice}Content-Length: 2\r\n\r\nok`)
  const answer = await get(session(fixture), '/')
  expect([answer.status, answer.body.toString(), answer.code]).toEqual([200, 'ok', 0])
  expect(answer.headers['x-content-type-options']).toBe('nosniff')
})

test.each([
  ['with a length', 'Content-Length: 3\r\n\r\nabc'],
  ['in chunks', `${CHUNKED}\r\n3\r\nabc\r\n0\r\n\r\n`]
])('a status above 599 %s is a bad gateway', async (_name, rest) => {
  const fixture = await answering(`HTTP/1.1 799 Odd\r\n${rest}`)
  const client = session(fixture)
  for (const target of ['/1', '/2']) {
    const answer = await get(client, target)
    expect([answer.status, answer.code]).toEqual([502, 0])
    expect(answer.body.toString()).toMatch(/^502 Bad Gateway\n/)
  }
  expect(fixture.eventsOf('fault')).toEqual([])
})

test('trailers come through however often and whatever they are called', async () => {
  const trailers =
    'ETag: "1"\r\nETag: "2"\r\nConstructor: 3\r\nHTTP2-Settings: AAMA\r\nTE: gzip\r\n'
  const fixture = await answering(
    `HTTP/1.1 200 OK\r\n${CHUNKED}\r\n2\r\nok\r\n0\r\n${trailers}\r\n`
  )
  const answer = await get(session(fixture), '/')
  expect([answer.body.toString(), answer.code]).toEqual(['ok', 0])
  expect(Object.entries(answer.trailers)).toEqual([
    ['etag', '"1"'],
    ['constructor', '3']
  ])
})

test('HTTP2-Settings of a head stays with the hop', async () => {
  const fixture = await answering(
    'HTTP/1.1 200 OK\r\nHTTP2-Settings: AAMA\r\nContent-Length: 2\r\n\r\nok'
  )
  const answer = await get(session(fixture), '/')
  expect([answer.status, answer.body.toString()]).toEqual([200, 'ok'])
  expect(answer.headers['http2-settings']).toBeUndefined()
})

test.each([
  ['nothing', 'Content-Length: 0\r\n\r\n'],
  ['a body', 'Content-Length: 3\r\n\r\nabc'],
  ['chunks', `${CHUNKED}\r\n3\r\nabc\r\n0\r\n\r\n`],
  ['no chunk', `${CHUNKED}\r\n0\r\n\r\n`]
])('205 with %s ends with its head', async (_name, rest) => {
  const fixture = await answering(`HTTP/1.1 205 Reset Content\r\n${rest}`)
  const client = session(fixture)
  for (const target of ['/1', '/2']) {
    const answer = await get(client, target)
    expect([answer.status, answer.body.length, answer.code]).toEqual([205, 0, 0])
  }
  expect(fixture.eventsOf('fault')).toEqual([])
})

test.each([
  ['205 Reset Content', 205],
  ['799 Odd', 502]
])('%s whose body comes later is no client that left', async (line, status) => {
  const backend = await startBackend('b', {
    script: async (exchange) => {
      exchange.send(`HTTP/1.1 ${line}\r\n${CHUNKED}\r\n`)
      await sleep(20)
      exchange.send('3\r\nabc\r\n0\r\n\r\n')
    }
  })
  const fixture = await start({ backends: [backend] })
  const client = session(fixture)
  for (const target of ['/1', '/2']) {
    const answer = await get(client, target)
    expect([answer.status, answer.code]).toEqual([status, 0])
  }
  expect(fixture.pool().counters.clientAborts).toBe(0)
  expect(backend.acceptedCount).toBe(1)
  expect(fixture.eventsOf('fault')).toEqual([])
})
