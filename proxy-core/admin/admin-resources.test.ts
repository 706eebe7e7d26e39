/** Contract: each resource of the admin API shows and changes what the reference says, and no more. */
import { describe, expect, it } from 'vitest'
import { fieldValue } from '../../test/servers/http-head.ts'
import type { ResponseMessage } from '../../test/servers/http-message.ts'
import { RawClient } from '../../test/servers/raw-client.ts'
import { backendSettings } from '../metrics/testing/engine-double.ts'
import { checkExposition, valueOf } from '../metrics/testing/exposition-checker.ts'
import { jsonOf, refusalOf, TOKEN, useAdmin } from './testing/admin-under-test.ts'
import { readStatsCsv } from './testing/csv-reader.ts'

const admin = useAdmin()

describe('resources', () => {
  it('shows pools with their backends, and no credentials of their settings', async () => {
    await admin().start()
    const response = await admin().ask('/api/v1/pools')
    expect(jsonOf(response)).toMatchObject({
      pools: [
        {
          name: 'api',
          algorithm: 'round_robin',
          activeLevel: 0,
          isAvailable: true,
          backends: [
            {
              address: '10.0.0.1:80',
              region: 'us-east',
              health: 'unknown',
              adminState: 'ready',
              weight: 100
            },
            { address: '10.0.0.2:80', level: 1, health: 'up', isEligible: true }
          ]
        }
      ]
    })
    expect(response.body.toString()).not.toMatch(/"probes"|authorization|c2VjcmV0/)
  })

  it('shows the evidence of one pool and of one backend', async () => {
    await admin().start()
    const probe = {
      atMs: 5,
      durationMs: 2,
      hasPassed: false,
      code: 'L4CON',
      status: null,
      detail: 'refused'
    } as const
    admin().engine.pools[0]!.backends[0]!.recordProbe(probe)
    expect(jsonOf(await admin().ask('/api/v1/pools/api'))).toMatchObject({
      backends: [{ probes: [probe] }, { probes: [] }]
    })
    const path = '/api/v1/pools/api/backends/10.0.0.1%3A80'
    expect(jsonOf(await admin().ask(path))).toMatchObject({
      address: '10.0.0.1:80',
      probes: [probe]
    })
  })

  it('answers 404 with a remedy for a pool or backend that is not there', async () => {
    await admin().start()
    expect(refusalOf(await admin().ask('/api/v1/pools/none'))).toEqual([404, 'POOL_UNKNOWN'])
    expect(refusalOf(await admin().ask('/api/v1/pools/api/backends/10.9.9.9:1'))).toEqual([
      404,
      'BACKEND_UNKNOWN'
    ])
  })

  it('gives the events after a number, and the number to go on with', async () => {
    await admin().start()
    admin().engine.setAdminState('api', '10.0.0.1:80', 'drain', 'one')
    admin().engine.setAdminState('api', '10.0.0.1:80', 'ready', 'two')
    const all = jsonOf(await admin().ask('/api/v1/events'))
    expect(all).toMatchObject({
      next: 2,
      engineStartedAtMs: admin().engine.startedAtMs,
      events: [{ reason: 'one' }, { reason: 'two' }]
    })
    expect(jsonOf(await admin().ask('/api/v1/events?since=1'))).toMatchObject({
      events: [{ seq: 2 }]
    })
    expect(jsonOf(await admin().ask('/api/v1/events?since=2'))).toMatchObject({
      next: 2,
      events: []
    })
  })

  it.each(['-1', 'x', '1.5', '', '99999999999999999999'])(
    'refuses events since "%s"',
    async (since) => {
      await admin().start()
      expect(refusalOf(await admin().ask(`/api/v1/events?since=${since}`))).toEqual([
        400,
        'ADMIN_REQUEST_INVALID'
      ])
    }
  )

  it('shows the engine in short', async () => {
    await admin().start()
    admin().clock.advance(90_500)
    admin().engine.configurationError = 'line 3: unknown key'
    expect(jsonOf(await admin().ask('/api/v1/status'))).toMatchObject({
      version: '0.1.0',
      uptimeSeconds: 90,
      isReady: true,
      configurationError: 'line 3: unknown key',
      listeners: [{ name: 'web', address: '127.0.0.1:8080', isOpen: true }],
      pools: [{ name: 'api', backends: 2, eligible: 1 }],
      process: { pid: process.pid }
    })
  })

  it('serves valid metrics of a thousand backends in pieces', async () => {
    admin().engine.addPool(
      'wide',
      Array.from({ length: 1000 }, (_, index) =>
        backendSettings(`10.1.${index >> 8}.${index & 255}:80`)
      )
    )
    await admin().start()
    const response = await admin().ask('/metrics')
    expect(fieldValue(response, 'content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(response.framing).toEqual({ kind: 'chunked' })
    const page = checkExposition(response.body.toString())
    expect(valueOf(page, 'switchyard_pool_backends', { pool: 'wide' })).toBe(1000)
    expect(page.get('switchyard_requests_total')?.samples).toHaveLength(1002)
  })

  it.each(['/stats', '/stats;csv'])('serves the statistics at %s', async (path) => {
    await admin().start()
    const table = readStatsCsv((await admin().ask(path)).body.toString())
    expect(table.rows.map(({ svname }) => svname)).toEqual([
      'FRONTEND',
      '10.0.0.1:80',
      '10.0.0.2:80',
      'BACKEND'
    ])
  })
})

describe('changing a backend', () => {
  const path = '/api/v1/pools/api/backends/10.0.0.1:80'
  const patch = (body: string): Promise<ResponseMessage> =>
    admin().ask(path, { method: 'PATCH', body })

  it('sets state and weight with the given reason, and answers the new state', async () => {
    await admin().start()
    const response = await patch('{"state":"drain","weight":7,"reason":"kernel upgrade"}')
    expect(response.status).toBe(200)
    expect(jsonOf(response)).toMatchObject({
      adminState: 'drain',
      adminReason: 'kernel upgrade',
      weight: 7,
      isWeightOverridden: true
    })
    expect(admin().engine.events(0)).toMatchObject([
      { kind: 'backend_weight', to: 7, reason: 'kernel upgrade' },
      { kind: 'backend_admin', to: 'drain', reason: 'kernel upgrade' }
    ])
  })

  it('goes back to the configured weight on null', async () => {
    await admin().start()
    await patch('{"weight":0}')
    expect(jsonOf(await patch('{"weight":null}'))).toMatchObject({
      weight: 100,
      isWeightOverridden: false
    })
  })

  it.each([
    ['{"weight":257}', 'WEIGHT_OUT_OF_RANGE'],
    ['{"weight":-1}', 'WEIGHT_OUT_OF_RANGE'],
    ['{"state":"maint","weight":1.5}', 'WEIGHT_OUT_OF_RANGE'],
    ['{"state":"up"}', 'ADMIN_REQUEST_INVALID'],
    ['{}', 'ADMIN_REQUEST_INVALID'],
    ['{"reason":"only"}', 'ADMIN_REQUEST_INVALID'],
    ['{"state":"drain","extra":1}', 'ADMIN_REQUEST_INVALID'],
    ['{"state":"drain","reason":"a\\nb"}', 'ADMIN_REQUEST_INVALID'],
    [`{"state":"drain","reason":"${'x'.repeat(201)}"}`, 'ADMIN_REQUEST_INVALID'],
    ['[]', 'ADMIN_REQUEST_INVALID'],
    ['{"state":', 'ADMIN_REQUEST_INVALID'],
    ['', 'ADMIN_REQUEST_INVALID']
  ])('refuses %s and changes nothing', async (body, code) => {
    await admin().start()
    expect(refusalOf(await patch(body))).toEqual([400, code])
    expect(admin().engine.events(0)).toEqual([])
    expect(admin().engine.pools[0]!.backends[0]).toMatchObject({ adminState: 'ready', weight: 100 })
  })

  it('refuses a body over 64 KiB, declared or chunked, and keeps the connection usable', async () => {
    await admin().start()
    const client = await RawClient.connect(admin().port)
    const head = `PATCH ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n`
    const body = 'x'.repeat(70_000)
    client.send(`${head}Content-Length: ${body.length}\r\n\r\n${body}`)
    expect(refusalOf(await client.readResponse())).toEqual([413, 'ADMIN_BODY_TOO_LARGE'])
    client.send(
      `${head}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
    )
    expect(refusalOf(await client.readResponse())).toEqual([413, 'ADMIN_BODY_TOO_LARGE'])
    client.send(`${head}Content-Length: 17\r\n\r\n{"state":"drain"}`)
    expect((await client.readResponse()).status).toBe(200)
    client.close()
  })

  it('takes a client that leaves in the middle of a body for no defect', async () => {
    await admin().start()
    const client = await RawClient.connect(admin().port)
    client.send(
      `PATCH ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Length: 9\r\n\r\n{"s`
    )
    client.close()
    await client.closed
    expect((await admin().ask('/health/live')).status).toBe(200)
    expect(admin().engine.events(0)).toEqual([])
  })
})
