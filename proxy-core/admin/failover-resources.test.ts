/**
 * Contract: the four paths of seed 004 do what the reference says, as curl sends them; without a
 * token only where `auth: none` says so, and never for a page of another origin.
 */
import { beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../../test/servers/eventually.ts'
import { gate } from '../../test/servers/gate.ts'
import type { ResponseMessage } from '../../test/servers/http-message.ts'
import { failoverChangeSchema, failoverPreviewSchema } from '../model/failover-report.ts'
import {
  ADMIN_SETTINGS,
  jsonOf,
  refusalOf,
  useAdmin,
  type Ask
} from './testing/admin-under-test.ts'

const admin = useAdmin()

beforeEach(() => {
  admin().engine.pools[0]!.backends[0]!.setHealth('up', '2 probes passed')
})

const API = '/api/v1/failover'

/** What curl sends by itself, and nothing more. */
const CURL = ['Host: localhost:9000', 'User-Agent: curl/8', 'Accept: */*']

const post = (target: string, ask: Ask = {}): Promise<ResponseMessage> =>
  admin().ask(`${API}/${target}`, { method: 'POST', ...ask })

describe('status', () => {
  it('shows one pool by name, and every pool without', async () => {
    await admin().start()
    const one = jsonOf(await admin().ask(`${API}/status?pool=api`))
    expect(one).toMatchObject({
      pool: 'api',
      isEnabled: true,
      phase: 'normal',
      activeLevel: 0,
      latchedLevel: null,
      levels: [
        { level: 0, backends: 1, eligible: 1, isLost: false },
        { level: 1, backends: 1, eligible: 1, isLost: false }
      ]
    })
    expect(jsonOf(await admin().ask(`${API}/status`))).toEqual({ pools: [one] })
  })
})

describe('test', () => {
  it('says what would happen and changes nothing', async () => {
    await admin().start()
    const preview = failoverPreviewSchema.parse(jsonOf(await post('test?pool=api')))
    expect(preview).toMatchObject({
      fromLevel: 0,
      toLevel: 1,
      standby: [{ address: '10.0.0.2:80', isEligible: true }]
    })
    expect(admin().engine.failoverStatus('api').phase).toBe('normal')
  })

  it('takes the level and the force of an activation', async () => {
    admin().engine.setAdminState('api', '10.0.0.2:80', 'maint', 'disk')
    await admin().start()
    const target = async (query: string): Promise<unknown> =>
      failoverPreviewSchema.parse(jsonOf(await post(`test?pool=api${query}`))).toLevel
    expect(await target('')).toBeNull()
    expect(await target('&level=1&force=false')).toBeNull()
    expect(await target('&level=1&force=true')).toBe(1)
    expect(refusalOf(await post('test?pool=api&level=7'))).toEqual([409, 'NO_STANDBY'])
  })
})

describe('activate and deactivate', () => {
  it('change the pool once, and say of a repeat that it was so already', async () => {
    await admin().start()
    const activate = (): Promise<ResponseMessage> => post('activate?pool=api&reason=new%20disks')
    const first = failoverChangeSchema.parse(jsonOf(await activate()))
    expect(first).toMatchObject({
      changed: true,
      status: { phase: 'latched', latchedLevel: 1, latchReason: 'new disks' }
    })
    const repeat = await activate()
    expect([repeat.status, jsonOf(repeat)]).toMatchObject([200, { changed: false }])
    expect(jsonOf(await post('deactivate?pool=api'))).toMatchObject({
      changed: true,
      status: { latchedLevel: null }
    })
    expect(jsonOf(await post('deactivate?pool=api'))).toMatchObject({ changed: false })
  })

  it('refuse with 409 when no standby is eligible, unless forced', async () => {
    admin().engine.setAdminState('api', '10.0.0.2:80', 'maint', 'disk')
    await admin().start()
    expect(refusalOf(await post('activate?pool=api'))).toEqual([409, 'NO_STANDBY'])
    expect(jsonOf(await post('activate?pool=api&level=1&force=true'))).toMatchObject({
      changed: true,
      status: { latchedLevel: 1 }
    })
  })

  it('are answered when a restart would remember them', async () => {
    const kept = gate()
    let asked = 0
    const keepOverlay = (): Promise<void> => (asked++, kept.opened)
    await admin().start({}, { keepOverlay })
    let answered = 0
    const answers = [
      post('activate?pool=api'),
      post('deactivate?pool=api'),
      admin().ask('/api/v1/pools/api/backends/10.0.0.2:80', {
        method: 'PATCH',
        body: '{"weight":7}'
      })
    ]
    for (const answer of answers) void answer.then(() => answered++)
    await eventually('all three to wait', () => asked === 3)
    expect(answered).toBe(0)
    kept.open()
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200])
  })

  it('are never done by a GET', async () => {
    await admin().start({ auth: 'none' })
    for (const path of ['test', 'activate', 'deactivate']) {
      const response = await admin().ask(`${API}/${path}?pool=api`, { fields: CURL })
      expect(refusalOf(response)).toEqual([405, 'ADMIN_METHOD_NOT_ALLOWED'])
    }
    expect(admin().engine.failoverStatus('api').phase).toBe('normal')
  })
})

describe('a query that cannot be meant', () => {
  it.each([
    ['', 'pool: must be given, as in ?pool=NAME.'],
    ['pool=', 'pool: must be the name of a pool.'],
    ['pool=api&pool=web', 'pool: is given twice.'],
    ['pool=api&pol=web', 'pol: this path takes no such parameter. Did you mean pool?'],
    ['pool=api&toString=1', 'toString: this path takes no such parameter.'],
    ['pool=api&level=-1', 'level: must be a whole number, 0 or more.'],
    ['pool=api&level=', 'level: must be a whole number, 0 or more.'],
    ['pool=api&level=1e3', 'level: must be a whole number, 0 or more.'],
    ['pool=api&force=yes', 'force: must be true or false.'],
    ['pool=api&reason=', 'reason: must say something.'],
    ['pool=api&reason=a%0Ab', 'reason: must be one line of text.']
  ])('%j is refused with a sentence', async (query, message) => {
    await admin().start()
    const response = await post(`activate?${query}`)
    expect(refusalOf(response)).toEqual([400, 'ADMIN_REQUEST_INVALID'])
    expect(jsonOf(response)).toMatchObject({ error: { message } })
    expect(admin().engine.failoverStatus('api').phase).toBe('normal')
  })

  it.each(['test', 'activate', 'deactivate'])('%s needs to know its pool', async (path) => {
    await admin().start()
    expect(refusalOf(await post(path))).toEqual([400, 'ADMIN_REQUEST_INVALID'])
    expect(refusalOf(await post(`${path}?pool=none`))).toEqual([404, 'POOL_UNKNOWN'])
  })

  it('names no unknown pool in the status either', async () => {
    await admin().start()
    expect(refusalOf(await admin().ask(`${API}/status?pool=none`))).toEqual([404, 'POOL_UNKNOWN'])
  })
})

describe('auth: none', () => {
  const targets = [
    ['GET', 'status?pool=api'],
    ['POST', 'test?pool=api'],
    ['POST', 'activate?pool=api'],
    ['POST', 'deactivate?pool=api']
  ] as const

  it.each(targets)('lets %s %s pass as curl sends it', async (method, target) => {
    await admin().start({ auth: 'none' })
    const response = await admin().ask(`${API}/${target}`, { method, fields: CURL })
    expect(response.status).toBe(200)
  })

  it.each(targets)('still refuses %s %s from a page of another origin', async (method, target) => {
    await admin().start({ auth: 'none' })
    for (const field of [
      'Origin: http://evil.example',
      'Origin: null',
      'Sec-Fetch-Site: cross-site'
    ]) {
      const response = await admin().ask(`${API}/${target}`, { method, fields: [...CURL, field] })
      expect(refusalOf(response)).toEqual([403, 'ADMIN_CROSS_SITE_REFUSED'])
    }
    const rebound = await admin().ask(`${API}/${target}`, {
      method,
      fields: ['Host: evil.example']
    })
    expect(refusalOf(rebound)).toEqual([403, 'ADMIN_HOST_REFUSED'])
    expect(admin().engine.failoverStatus('api').phase).toBe('normal')
  })

  it.each(targets)('is taken back by a reload for %s %s', async (method, target) => {
    const server = await admin().start({ auth: 'none' })
    await server.reconfigure(ADMIN_SETTINGS)
    const response = await admin().ask(`${API}/${target}`, { method, fields: CURL })
    expect(refusalOf(response)).toEqual([401, 'ADMIN_TOKEN_REQUIRED'])
  })
})
