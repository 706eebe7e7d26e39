/**
 * Contract: backends are told truthfully who the client is. What an untrusted peer says about
 * it is dropped; what a trusted proxy says is believed and extended.
 */
import { expect, test } from 'vitest'
import { configuration, type ConfigurationParts } from '../servers/configuration.ts'
import { EngineFixture, getRequest, startBackend } from '../servers/engine-fixture.ts'
import { fieldValue, fieldValues } from '../servers/http-head.ts'
import type { RequestMessage, ResponseMessage } from '../servers/http-message.ts'

async function pass(
  listener: NonNullable<ConfigurationParts['listener']>,
  lines: readonly string[] = [],
  localAddress = '127.0.0.1'
): Promise<{ request: RequestMessage; response: ResponseMessage }> {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(configuration({ backends: [backend], listener }))
  const client = await fixture.connect('web', { localAddress })
  client.send(getRequest('/1', ...lines))
  const response = await client.readResponse()
  return { request: backend.requests[0]!, response }
}

const CLAIMS = [
  'X-Forwarded-For: 192.0.2.1',
  'X-Forwarded-For: 192.0.2.2, 192.0.2.3',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Host: evil.test',
  'X-Real-IP: 192.0.2.4',
  'Forwarded: for=192.0.2.5;proto=https'
]

test('by default the client, the scheme and the host are told, and claims are dropped', async () => {
  const { request } = await pass({}, CLAIMS)
  expect(fieldValues(request, 'x-forwarded-for')).toEqual(['127.0.0.1'])
  expect(fieldValues(request, 'x-forwarded-proto')).toEqual(['http'])
  expect(fieldValues(request, 'x-forwarded-host')).toEqual(['a.test'])
  expect(fieldValues(request, 'x-real-ip')).toEqual(['127.0.0.1'])
  expect(fieldValues(request, 'forwarded')).toEqual([])
  expect(fieldValues(request, 'via')).toEqual([])
})

test('a trusted proxy is believed, and its own address appended', async () => {
  const { request } = await pass({ trusted_proxies: ['127.0.0.1/32'] }, CLAIMS)
  expect(fieldValues(request, 'x-forwarded-for')).toEqual([
    '192.0.2.1, 192.0.2.2, 192.0.2.3, 127.0.0.1'
  ])
  expect(fieldValues(request, 'x-forwarded-proto')).toEqual(['https'])
  expect(fieldValues(request, 'x-forwarded-host')).toEqual(['evil.test'])
})

test('a peer outside the trusted blocks is not believed', async () => {
  const { request } = await pass({ trusted_proxies: ['127.0.0.1/32'] }, CLAIMS, '127.0.0.2')
  expect(fieldValues(request, 'x-forwarded-for')).toEqual(['127.0.0.2'])
  expect(fieldValues(request, 'x-forwarded-proto')).toEqual(['http'])
})

test('a trusted proxy that says nothing is the client itself', async () => {
  const { request } = await pass({ trusted_proxies: ['127.0.0.0/8'] })
  expect(fieldValues(request, 'x-forwarded-for')).toEqual(['127.0.0.1'])
  expect(fieldValues(request, 'x-real-ip')).toEqual(['127.0.0.1'])
})

test('Forwarded and Via are sent when they are asked for', async () => {
  const { request, response } = await pass({ forwarded: { forwarded: true, via: true } })
  expect(fieldValue(request, 'forwarded')).toBe('for=127.0.0.1;host="a.test";proto=http')
  expect(fieldValue(request, 'via')).toMatch(/^1\.1 \S+$/)
  expect(fieldValue(response, 'via')).toMatch(/^1\.1 \S+$/)
})

test('Via is appended to that of the proxies before', async () => {
  const { request } = await pass({ forwarded: { via: true } }, ['Via: 1.0 first'])
  expect(fieldValues(request, 'via').join(', ')).toMatch(/^1\.0 first, 1\.1 \S+$/)
})

test('everything can be switched off, and then the fields of the client pass', async () => {
  const off = { x_forwarded: false, x_real_ip: false, forwarded: false, via: false }
  const { request } = await pass({ forwarded: off }, ['X-Forwarded-For: 192.0.2.1'])
  expect(fieldValues(request, 'x-forwarded-for')).toEqual(['192.0.2.1'])
  expect(fieldValues(request, 'x-forwarded-proto')).toEqual([])
  expect(fieldValues(request, 'x-real-ip')).toEqual([])
})

test('a request id is given to the backend and to the client, and a claimed one replaced', async () => {
  const { request, response } = await pass({ request_id: true }, ['X-Request-Id: mine'])
  const id = fieldValue(request, 'x-request-id')
  expect(id).toMatch(/^[\w-]{8,}$/)
  expect(id).not.toBe('mine')
  expect(fieldValue(response, 'x-request-id')).toBe(id)
})

test('the request id of a trusted proxy is kept, under any name', async () => {
  const { request, response } = await pass(
    { request_id: { header: 'X-Correlation-Id' }, trusted_proxies: ['127.0.0.1'] },
    ['X-Correlation-Id: abc-123']
  )
  expect(fieldValues(request, 'x-correlation-id')).toEqual(['abc-123'])
  expect(fieldValues(response, 'x-correlation-id')).toEqual(['abc-123'])
})

test('the host of an absolute target is the host of the request', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const client = await fixture.connect()
  client.send('GET http://a.test/path HTTP/1.1\r\nHost: a.test\r\n\r\n')
  await client.readResponse()
  const request = backend.requests[0]!
  expect(request.target).toBe('/path')
  expect(fieldValues(request, 'host')).toEqual(['a.test'])
  expect(fieldValues(request, 'x-forwarded-host')).toEqual(['a.test'])
})
