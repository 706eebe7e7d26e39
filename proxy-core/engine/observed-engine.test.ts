/** Contract: the engine shows how each backend is watched, and probes one when it is asked to. */
import { expect, test } from 'vitest'
import { configuration } from '../../test/servers/configuration.ts'
import { EngineFixture, startBackend } from '../../test/servers/engine-fixture.ts'
import { freePort } from '../../test/servers/free-ports.ts'
import { ManualClock } from '../../test/servers/manual-clock.ts'

const CHECKED = {
  health_check: { type: 'tcp', interval: '60s', unhealthy_threshold: 2, healthy_threshold: 3 }
}

test('a probe that is asked for counts like any other', async () => {
  const clock = new ManualClock()
  const backend = await startBackend()
  const fixture = await EngineFixture.start(configuration({ backends: [backend], pool: CHECKED }), {
    clock
  })
  const probe = () => fixture.engine.probeNow('main', backend.address)
  const progress = () => fixture.engine.watchOf('main', backend.address).progress
  expect(await probe()).toMatchObject({ hasPassed: true, code: 'L4OK' })
  expect(progress()).toEqual({ direction: 'steady', done: 0, needed: 2 })
  await backend.stop()
  expect(await probe()).toMatchObject({ hasPassed: false })
  expect(progress()).toEqual({ direction: 'failing', done: 1, needed: 2 })
  await probe()
  expect(fixture.backend(backend.address).health).toBe('down')
  expect(progress()).toEqual({ direction: 'steady', done: 0, needed: 3 })
})

test('a backend without a check cannot be probed, and an unknown one neither', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const { engine } = fixture
  await expect(engine.probeNow('main', backend.address)).rejects.toMatchObject({
    code: 'HEALTH_CHECK_NONE'
  })
  await expect(engine.probeNow('main', 'x:1')).rejects.toMatchObject({ code: 'BACKEND_UNKNOWN' })
  await expect(engine.probeNow('none', 'x:1')).rejects.toMatchObject({ code: 'POOL_UNKNOWN' })
  expect(() => engine.watchOf('main', 'x:1')).toThrow('Pool main has no backend x:1.')
  expect(engine.watchOf('main', backend.address)).toEqual({
    progress: { direction: 'steady', done: 0, needed: 0 },
    addresses: ['127.0.0.1'],
    resolutionError: null
  })
})

test('a backend in maintenance may be probed, and stays out', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(configuration({ backends: [backend], pool: CHECKED }))
  fixture.engine.setAdminState('main', backend.address, 'maint', 'a test')
  expect(await fixture.engine.probeNow('main', backend.address)).toMatchObject({ hasPassed: true })
  expect(fixture.backend(backend.address).isEligible).toBe(false)
})

test('a name that does not resolve says why', async () => {
  const port = await freePort()
  const fixture = await EngineFixture.start(configuration({ backends: [`gone.test:${port}`] }), {
    resolver: { resolve: () => Promise.reject(new Error('no such name')) }
  })
  const { addresses, resolutionError } = fixture.engine.watchOf('main', `gone.test:${port}`)
  expect([addresses, resolutionError]).toEqual([[], expect.stringContaining('no such name')])
})

test('the routes are those of the configuration, in its order', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(
    configuration({
      backends: [backend],
      routes: [
        { name: 'late', path_prefix: '/z', pool: 'main' },
        { name: 'any', pool: 'main' }
      ]
    })
  )
  expect(fixture.engine.routes.map(({ name }) => name)).toEqual(['late', 'any'])
})
