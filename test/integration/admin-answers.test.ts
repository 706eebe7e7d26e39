/**
 * Contract: what the admin API of a running engine really answers is what its description says:
 * every operation, its refusals, and no field beside the described ones.
 */
import { expect, onTestFinished, test } from 'vitest'
import type { z } from 'zod'
import type { AdminMethod, AnswerDescription } from '../../proxy-core/admin/admin-route.ts'
import { errorSchema } from '../../proxy-core/admin/error-answer.ts'
import { ADMIN_ROUTES } from '../../proxy-core/admin/routes.ts'
import { configuration } from '../servers/configuration.ts'
import {
  ADMIN_TOKEN,
  EngineFixture,
  startBackend,
  startBackends
} from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import type { ResponseMessage } from '../servers/http-message.ts'
import { exchangeOnce } from '../servers/raw-client.ts'
import { stored } from '../servers/storing-engine.ts'
import { temporaryFolder } from '../servers/temporary-folder.ts'

interface Engine {
  ask(method: string, target: string, body?: string): Promise<ResponseMessage>
  readonly address: string
  /** Of stored requests. */
  readonly ids: Readonly<Record<'dead' | 'pending', string>>
}

async function engine(): Promise<Engine> {
  const [primary, backup] = await startBackends('a', 'b')
  const check = { type: 'http', path: '/', interval: '1s', timeout: '1s' }
  const backends = [
    { address: primary!.address, health_check: check, region: 'us-east' },
    { address: backup!.address, failover_level: 1 }
  ]
  const refuser = await startBackend('c', {
    script: (exchange) => exchange.respond({ status: 422 })
  })
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  const store = { mode: 'store' }
  const fixture = await EngineFixture.start(
    configuration({
      backends,
      pool: { buffer: { mode: 'hold' } },
      pools: [
        { name: 'refusing', backends: [{ address: refuser.address }] },
        { name: 'nobody', backends: [] }
      ],
      routes: [
        { name: 'plain', pool: 'main' },
        { name: 'dead', pool: 'refusing', path_prefix: '/dead', buffer: store },
        { name: 'pending', pool: 'nobody', path_prefix: '/pending', buffer: store }
      ],
      top: { buffer: { directory: `${folder.path}/buffer` } }
    })
  )
  // So that there is something in every counter and quantile.
  await fixture.get('/')
  const [dead, pending] = [await stored(fixture, '/dead'), await stored(fixture, '/pending')]
  await eventually('a dead one', () => fixture.engine.store!.stats().dead === 1)
  const { port } = fixture.engine.adminAddress!
  return {
    address: primary!.address,
    ids: { dead: idOf(dead), pending: idOf(pending) },
    ask: (method, target, body) => {
      const fields = ['Host: localhost', `Authorization: Bearer ${ADMIN_TOKEN}`]
      if (body !== undefined) fields.push(`Content-Length: ${body.length}`)
      const head = [`${method} ${target} HTTP/1.1`, ...fields, '', ''].join('\r\n')
      return exchangeOnce(port, head + (body ?? ''), method)
    }
  }
}

const idOf = (location: string): string => location.slice(location.lastIndexOf('/') + 1)

/** Every operation, with one query that it takes. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  'GET /api/v1/events': ['', '?since=1'],
  'POST /api/v1/buffer/hold': ['?pool=main', '?pool=main&for=5s&reason=kernel'],
  'POST /api/v1/buffer/release': ['?pool=main', '?pool=main'],
  'GET /api/v1/buffer/entries': ['', '?state=dead&limit=1', '?state=delivered'],
  'POST /api/v1/buffer/purge': ['?state=dead', '?state=dead'],
  'GET /api/v1/failover/status': ['', '?pool=main'],
  'POST /api/v1/failover/test': ['?pool=main', '?pool=main&level=1&force=true'],
  'POST /api/v1/failover/activate': ['?pool=main&reason=disks', '?pool=main'],
  'POST /api/v1/failover/deactivate': ['?pool=main', '?pool=main']
}

const OPERATIONS = ADMIN_ROUTES.flatMap(({ path, methods }) =>
  (Object.keys(methods) as AdminMethod[]).map((method) => [method, path] as const)
)

test.each(OPERATIONS)('%s %s answers as it is described', async (method, path) => {
  const { ask, address, ids } = await engine()
  const id = path.endsWith('/replay') ? ids.dead : ids.pending
  const target = path.replace('{pool}', 'main').replace('{address}', address).replace('{id}', id)
  const body = method === 'PATCH' ? '{"state":"drain","weight":7,"reason":"upgrade"}' : undefined
  for (const query of CALLS[`${method} ${path}`] ?? ['']) {
    const response = await ask(method, target + query, body)
    const described = describedAnswers(method, path, response.status)
    expect(described, `status ${response.status}`).not.toEqual([])
    const schemas = described.flatMap(({ schema }) => (schema === undefined ? [] : [schema]))
    if (schemas.length === 0) continue
    const document: unknown = JSON.parse(response.body.toString())
    expect(faultsOf(schemas, document)).toEqual([])
  }
})

test('refusals have the one shape that all of them share', async () => {
  const { ask } = await engine()
  const refusals = [
    await ask('GET', '/nothing'),
    await ask('GET', '/api/v1/pools/none'),
    await ask('PUT', '/api/v1/pools'),
    await ask('GET', '/api/v1/pools?page=2'),
    await ask('POST', '/api/v1/failover/activate?pool=none'),
    await ask('POST', '/api/v1/failover/activate')
  ]
  expect(refusals.map(({ status }) => status)).toEqual([404, 404, 405, 400, 404, 400])
  for (const { body } of refusals) errorSchema.parse(JSON.parse(body.toString()))
})

function describedAnswers(
  method: AdminMethod,
  path: string,
  status: number
): readonly AnswerDescription[] {
  const route = ADMIN_ROUTES.find((candidate) => candidate.path === path)!
  return [route.methods[method]!.description.answers[status] ?? []].flat()
}

/** Empty when one of the schemas fits. */
function faultsOf(schemas: readonly z.ZodType[], document: unknown): readonly unknown[] {
  const results = schemas.map((schema) => schema.safeParse(document))
  return results.some(({ success }) => success) ? [] : results.map(({ error }) => error?.issues)
}
