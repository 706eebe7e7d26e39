/**
 * Contract: on a running engine a backend that failed comes back in slow start, its share and its
 * slots grow by the clock, and its history says down, slow_start, up.
 */
import { expect, test } from 'vitest'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, startBackend } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { ManualClock } from '../servers/manual-clock.ts'
import type { RecordingBackend } from '../servers/recording-backend.ts'

const CHECK = {
  path: '/health',
  interval: '1s',
  timeout: '500ms',
  jitter: 0,
  unhealthy_threshold: 1,
  healthy_threshold: 1
}

interface Patient {
  readonly backend: RecordingBackend
  isWell: boolean
}

async function patient(name: string): Promise<Patient> {
  const backend = await startBackend(name)
  const usual = backend.script
  const subject: Patient = { backend, isWell: true }
  backend.script = (exchange) =>
    exchange.target === '/health'
      ? exchange.respond({ status: subject.isWell ? 200 : 500 })
      : usual(exchange)
  return subject
}

async function shareOf(fixture: EngineFixture, name: string, count: number): Promise<number> {
  let own = 0
  for (let n = 0; n < count; n++) if ((await fixture.get('/')).body.startsWith(name)) own++
  return own
}

test('a backend that failed warms up, and one that was there at the start does not', async () => {
  const clock = new ManualClock()
  const [a, b] = [await patient('a'), await patient('b')]
  const fixture = await EngineFixture.start(
    configuration({
      backends: [a.backend, b.backend],
      pool: { health_check: CHECK, slow_start: '18s', max_connections: 100 }
    }),
    { clock }
  )
  const subject = fixture.backend(b.backend.address)
  const until = (health: string): Promise<unknown> =>
    eventually(health, async () => {
      if (subject.health === health) return true
      await clock.advanceAsync(100)
      return undefined
    })
  expect([subject.health, subject.openSlots]).toEqual(['up', 100])
  b.isWell = false
  await until('down')
  b.isWell = true
  await until('slow_start')
  expect([subject.warmth, subject.openSlots, subject.slotLimit]).toEqual([0.1, 10, 100])
  expect(await shareOf(fixture, 'b', 22)).toBe(2)
  const halfway = subject.changedAtMs + 9000
  await eventually('half of the time', async () => {
    await clock.advanceAsync(100)
    return clock.wallNow() > halfway
  })
  expect([subject.warmth, subject.openSlots]).toEqual([0.55, 55])
  expect(await shareOf(fixture, 'b', 31)).toBe(11)
  await until('up')
  expect(subject.openSlots).toBe(100)
  expect(await shareOf(fixture, 'b', 10)).toBe(5)
  const changes = fixture
    .eventsOf('backend_health')
    .filter(({ backend }) => backend === subject.address)
    .map(({ from, to }) => `${from}>${to}`)
  expect(changes).toEqual(['unknown>up', 'up>down', 'down>slow_start', 'slow_start>up'])
  // Whatever was set for it is gone with the engine.
  await fixture.stop()
  expect(clock.pendingCount).toBe(0)
})
