/** Contract: whoever has the address of a stored request sees its state and times, and nothing else. */
import { expect, test } from 'vitest'
import { startBackend } from '../servers/engine-fixture.ts'
import { fieldValue } from '../servers/http-head.ts'
import { post, startStoring, stored } from '../servers/storing-engine.ts'

test('knows only addresses, and only reads', async () => {
  const { fixture } = await startStoring({ backends: [], pools: [{ name: 'web', backends: [] }] })
  const location = await stored(fixture, '/', 'body', 'X-Secret: 1')
  const client = await fixture.connect()
  client.send(`GET ${location} HTTP/1.1\r\nHost: other.test\r\n\r\n`)
  const answer = await client.readResponse()
  expect(answer.status).toBe(200)
  expect(fieldValue(answer, 'cache-control')).toBe('no-store')
  expect(fieldValue(answer, 'content-type')).toBe('application/json')
  expect(Object.keys(JSON.parse(answer.body.toString()) as object)).toEqual([
    'state',
    'receivedAt',
    'settledAt',
    'attempts',
    'lastStatus'
  ])
  client.send(`HEAD ${location}?x HTTP/1.1\r\nHost: a.test\r\n\r\n`)
  expect((await client.readResponse('HEAD')).status).toBe(200)
  client.send(post(location, 'x'))
  const refused = await client.readResponse('POST')
  expect([refused.status, fieldValue(refused, 'allow')]).toEqual([405, 'GET, HEAD'])
  const shouted = location.replace(/[^/]*$/, (id) => id.toUpperCase())
  for (const path of [`${location}0`, `${location}/`, location.slice(0, -1), shouted]) {
    const other = await fixture.connect()
    other.send(`GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`)
    expect((await other.readResponse()).status, path).toBe(404)
  }
})

test('goes before routes of other hosts, on listeners that store only', async () => {
  const web = await startBackend('web')
  const { fixture } = await startStoring({
    listeners: [{ name: 'plain', address: '127.0.0.1:0' }],
    routes: [
      { name: 'orders', listeners: ['web'], pool: 'main', buffer: { mode: 'store' } },
      { host: 'b.test', pool: 'web' },
      { pool: 'web', listeners: ['plain'] }
    ],
    pools: [{ name: 'web', backends: [{ address: web.address }] }]
  })
  const location = await stored(fixture, '/')
  expect((await fixture.get(location, 'Host: b.test')).body).toContain('"state":"pending"')
  const client = await fixture.connect('plain')
  client.send(`GET ${location} HTTP/1.1\r\nHost: b.test\r\n\r\n`)
  expect((await client.readResponse()).body.toString()).toContain('web')
})
