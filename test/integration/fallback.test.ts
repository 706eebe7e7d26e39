/** Contract: who finds no backend gets what the operator wants said, or another pool. */
import { expect, test } from 'vitest'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { fieldValue } from '../servers/http-head.ts'

const nobody = { backends: ['127.0.0.1:1'], pool: {} }

test('the client gets the answer of the operator', async () => {
  const fallback = { status: 200, body: '{"late":"ü"}', content_type: 'application/json' }
  const fixture = await EngineFixture.start(configuration({ ...nobody, pool: { fallback } }))
  fixture.engine.setAdminState('main', '127.0.0.1:1', 'maint', 'test')
  const client = await fixture.connect()
  client.send(getRequest('/a'))
  const response = await client.readResponse()
  expect([response.status, fieldValue(response, 'content-type'), response.body.toString()]).toEqual(
    [200, 'application/json', '{"late":"ü"}']
  )
  expect(fixture.pool().counters.fallbacks).toBe(1)
})

test.each([204, 205, 304])(
  'an answer of status %i leaves the connection in step',
  async (status) => {
    const fixture = await EngineFixture.start(
      configuration({ ...nobody, pool: { fallback: { status } } })
    )
    fixture.engine.setAdminState('main', '127.0.0.1:1', 'maint', 'test')
    const client = await fixture.connect()
    client.send(getRequest('/a') + getRequest('/b'))
    const answers = [await client.readResponse(), await client.readResponse()]
    expect(answers.map((answer) => answer.status)).toEqual([status, status])
    expect(answers.map(({ body }) => body.length)).toEqual([0, 0])
    expect(client.unread).toHaveLength(0)
  }
)

test('another pool takes it', async () => {
  const other = await startBackend('other')
  const fixture = await EngineFixture.start(
    configuration({
      ...nobody,
      pool: { fallback: { pool: 'second' } },
      pools: [{ name: 'second', backends: [{ address: other.address }] }]
    })
  )
  fixture.engine.setAdminState('main', '127.0.0.1:1', 'maint', 'test')
  expect(await fixture.get('/a')).toEqual({ status: 200, body: 'other /a 0' })
  await eventually('the counters', () => fixture.pool('second').counters.inFlight === 0)
  expect(fixture.pool().counters.inFlight).toBe(0)
})
