/**
 * Contract: the admin server answers this machine's own tools and refuses everything
 * else: over real sockets, with exact bytes, as a browser, a rebound name or a mistaken
 * client would send them.
 */
import { describe, expect, it } from 'vitest'
import { fieldValue } from '../../test/servers/http-head.ts'
import type { ResponseMessage } from '../../test/servers/http-message.ts'
import { exchangeOnce } from '../../test/servers/raw-client.ts'
import type { AdminAccess } from './admin-route.ts'
import { ADMIN_ROUTES } from './routes.ts'
import { refusalOf, TOKEN, useAdmin } from './testing/admin-under-test.ts'

const admin = useAdmin()

const word = (response: ResponseMessage): readonly [number, string] => [
  response.status,
  response.body.toString()
]

describe('health', () => {
  it('answers live and ready with one word, without token and without Host', async () => {
    await admin().start()
    expect(word(await exchangeOnce(admin().port, 'GET /health/live HTTP/1.0\r\n\r\n'))).toEqual([
      200,
      'live\n'
    ])
    expect(word(await admin().ask('/health/ready', { fields: ['Host: evil.example'] }))).toEqual([
      200,
      'ready\n'
    ])
  })

  it('is live but not ready while starting and while stopping', async () => {
    await admin().start()
    admin().engine.isReady = false
    expect(word(await admin().ask('/health/ready'))).toEqual([503, 'starting\n'])
    admin().engine.isStopping = true
    expect(word(await admin().ask('/health/ready'))).toEqual([503, 'stopping\n'])
    expect((await admin().ask('/health/live')).status).toBe(200)
  })

  it('answers HEAD with the same head and no body', async () => {
    await admin().start()
    const response = await admin().ask('/health/live', { method: 'HEAD' })
    expect([response.status, fieldValue(response, 'content-length'), response.body.length]).toEqual(
      [200, '5', 0]
    )
  })
})

describe('trust', () => {
  const pathsOf = (...kinds: readonly AdminAccess[]): readonly string[] =>
    ADMIN_ROUTES.filter(({ access }) => kinds.includes(access)).map(({ path }) =>
      path.replace('{pool}', 'api').replace('{address}', '10.0.0.1:80')
    )
  const closed = pathsOf('token', 'metrics', 'failover')

  it.each([
    ...pathsOf('token', 'metrics').map((path) => [path, 'none'] as const),
    ...pathsOf('failover').map((path) => [path, 'token'] as const)
  ])('%s needs the token with auth %s, and tells how', async (path, auth) => {
    await admin().start({ auth })
    const response = await admin().ask(path, { fields: ['Host: localhost'] })
    expect(refusalOf(response)).toEqual([401, 'ADMIN_TOKEN_REQUIRED'])
    expect(fieldValue(response, 'www-authenticate')).toBe('Bearer realm="switchyard"')
    expect(response.body.toString()).toContain('Send `Authorization: Bearer`')
  })

  it.each(closed)('%s refuses a name that was rebound to loopback, token or not', async (path) => {
    await admin().start()
    const fields = ['Host: evil.example', `Authorization: Bearer ${TOKEN}`]
    expect(refusalOf(await admin().ask(path, { fields }))).toEqual([403, 'ADMIN_HOST_REFUSED'])
  })

  it('refuses a missing and a repeated Host', async () => {
    await admin().start()
    const authorization = `Authorization: Bearer ${TOKEN}`
    for (const fields of [
      [authorization],
      ['Host: localhost', 'Host: evil.example', authorization]
    ]) {
      expect(refusalOf(await admin().ask('/api/v1/pools', { fields }))).toEqual([
        403,
        'ADMIN_HOST_REFUSED'
      ])
    }
  })

  it.each([
    ['Origin: http://evil.example'],
    ['Sec-Fetch-Site: cross-site'],
    ['Sec-Fetch-Site: same-site'],
    ['Origin: null']
  ])('refuses a web page that sends %s, also on unknown paths', async (field) => {
    await admin().start()
    const fields = ['Host: localhost', `Authorization: Bearer ${TOKEN}`, field]
    expect(refusalOf(await admin().ask('/api/v1/pools', { fields }))).toEqual([
      403,
      'ADMIN_CROSS_SITE_REFUSED'
    ])
    expect(refusalOf(await admin().ask('/nothing', { fields }))).toEqual([
      403,
      'ADMIN_CROSS_SITE_REFUSED'
    ])
  })

  it('serves /metrics without a token where it is open, and nothing else', async () => {
    await admin().start({ metrics: 'open' })
    const fields = ['Host: localhost']
    expect((await admin().ask('/metrics', { fields })).status).toBe(200)
    expect((await admin().ask('/stats;csv', { fields })).status).toBe(401)
    expect(refusalOf(await admin().ask('/metrics', { fields: ['Host: evil.example'] }))).toEqual([
      403,
      'ADMIN_HOST_REFUSED'
    ])
  })

  it('carries no-store, nosniff and no permission for other origins on every answer', async () => {
    await admin().start()
    for (const path of ['/health/live', '/metrics', '/api/v1/pools', '/nothing']) {
      const response = await admin().ask(path)
      expect(fieldValue(response, 'cache-control')).toBe('no-store')
      expect(fieldValue(response, 'x-content-type-options')).toBe('nosniff')
      expect(fieldValue(response, 'access-control-allow-origin')).toBeUndefined()
    }
  })
})

describe('paths and methods', () => {
  it.each([
    '/',
    '/nothing',
    '/api/v1/pools/',
    '/api/v1//pools',
    '/API/v1/pools',
    '/api/v1/pools/%',
    '/stats;json'
  ])('%s is 404', async (path) => {
    await admin().start()
    expect(refusalOf(await admin().ask(path))).toEqual([404, 'ADMIN_PATH_UNKNOWN'])
  })

  it('does not take an absolute target for a path', async () => {
    await admin().start()
    expect((await admin().ask(`http://127.0.0.1:${admin().port}/api/v1/pools`)).status).toBe(404)
  })

  it('names the methods that a path has', async () => {
    await admin().start()
    const pools = await admin().ask('/api/v1/pools', { method: 'DELETE' })
    expect([...refusalOf(pools), fieldValue(pools, 'allow')]).toEqual([
      405,
      'ADMIN_METHOD_NOT_ALLOWED',
      'GET, HEAD'
    ])
    const backend = await admin().ask('/api/v1/pools/api/backends/10.0.0.1:80', {
      method: 'PUT',
      body: '{}'
    })
    expect(fieldValue(backend, 'allow')).toBe('GET, HEAD, PATCH')
    const preflight = await admin().ask('/api/v1/pools', { method: 'OPTIONS' })
    expect(preflight.status).toBe(405)
  })

  it('tells a client nothing of a defect, and the operator its cause', async () => {
    const readProcess = (): Promise<never> => Promise.reject(new RangeError('boom at /secret/path'))
    await admin().start({}, { readProcess })
    const response = await admin().ask('/api/v1/status')
    expect(refusalOf(response)).toEqual([500, 'INTERNAL'])
    expect(response.body.toString()).not.toMatch(/boom|secret|at /)
    expect(admin().engine.events(0)).toMatchObject([
      { kind: 'fault', code: 'INTERNAL', reason: expect.stringContaining('RangeError: boom') }
    ])
  })
})
