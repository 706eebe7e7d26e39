/**
 * Contract: probes decide who gets traffic. Listeners open after the first probes, one result
 * decides then; later it takes the configured number in a row, and every change has evidence.
 */
import { expect, test } from 'vitest'
import { configuration, type ConfigurationParts } from '../servers/configuration.ts'
import {
  EngineFixture,
  getRequest,
  startBackend,
  startBackends
} from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { gate } from '../servers/gate.ts'
import { ManualClock } from '../servers/manual-clock.ts'
import type { RecordingBackend } from '../servers/recording-backend.ts'
import type { Script } from '../servers/backend-connection.ts'

const CHECK = {
  path: '/health',
  interval: '2s',
  fast_interval: '1s',
  down_interval: '2s',
  timeout: '500ms',
  jitter: 0,
  unhealthy_threshold: 3,
  healthy_threshold: 2
}

/** Answers `/health` with a status that the test may change, everything else as usual. */
interface Patient {
  readonly backend: RecordingBackend
  status: number | 'silent'
  probes: number
}

async function patient(name: string): Promise<Patient> {
  const backend = await startBackend(name)
  const usual: Script = backend.script
  const subject: Patient = { backend, status: 200, probes: 0 }
  backend.script = (exchange) => {
    if (exchange.target !== '/health') return usual(exchange)
    subject.probes += 1
    if (subject.status !== 'silent') exchange.respond({ status: subject.status })
  }
  return subject
}

/** Advances until the next probe of `subject` has been answered. */
async function nextProbe(
  clock: ManualClock,
  fixture: EngineFixture,
  subject: Patient
): Promise<void> {
  const backend = fixture.backend(subject.backend.address)
  const before = backend.probes.length
  const last = backend.probes.at(-1)
  await eventually('the next probe', async () => {
    if (backend.probes.length > before || backend.probes.at(-1) !== last) return true
    await clock.advanceAsync(100)
    return undefined
  })
}

async function start(
  patients: readonly Patient[],
  parts: ConfigurationParts = {}
): Promise<{ fixture: EngineFixture; clock: ManualClock }> {
  const clock = new ManualClock()
  const fixture = await EngineFixture.start(
    configuration({
      backends: patients.map(({ backend }) => backend),
      ...parts,
      pool: { health_check: CHECK, ...parts.pool }
    }),
    { clock }
  )
  return { fixture, clock }
}

test('listeners open only after the first probe of every backend has answered', async () => {
  const slow = await startBackend('slow')
  const held = gate()
  slow.script = async (exchange) => {
    await held.opened
    exchange.respond()
  }
  const fixture = EngineFixture.prepare()
  const started = fixture.begin(
    configuration({ backends: [slow], pool: { health_check: { path: '/health' } } })
  )
  await slow.received(1)
  expect(fixture.engine.isReady).toBe(false)
  expect(fixture.engine.listeners.some(({ isOpen }) => isOpen)).toBe(false)
  held.open()
  await started
  expect(fixture.engine.isReady).toBe(true)
  expect((await fixture.get('/1')).status).toBe(200)
})

test('one result decides at the start: a dead backend never gets a request', async () => {
  const [alive, dead] = [await patient('alive'), await startBackend('dead')]
  await dead.stop()
  const { fixture } = await start([alive], {
    backends: [dead, alive.backend]
  })
  for (let n = 0; n < 4; n += 1) expect((await fixture.get('/')).body).toMatch(/^alive/)
  expect(fixture.backend(dead.address).health).toBe('down')
  expect(fixture.backend(dead.address).counters.requests).toBe(0)
})

test('three failures in a row take a backend out, two do not', async () => {
  const subjects = [await patient('a'), await patient('b')]
  const { fixture, clock } = await start(subjects)
  const subject = subjects[0]!
  const backend = fixture.backend(subject.backend.address)
  subject.status = 500
  await nextProbe(clock, fixture, subject)
  await nextProbe(clock, fixture, subject)
  expect(backend.health).toBe('up')
  subject.status = 200
  await nextProbe(clock, fixture, subject)
  subject.status = 500
  for (let n = 0; n < 3; n += 1) await nextProbe(clock, fixture, subject)
  expect(backend.health).toBe('down')
  for (let n = 0; n < 4; n += 1) expect((await fixture.get('/')).body).toMatch(/^b/)
})

test('two passes in a row bring it back, and both changes carry their evidence', async () => {
  const subjects = [await patient('a'), await patient('b')]
  const { fixture, clock } = await start(subjects)
  const subject = subjects[0]!
  subject.status = 503
  for (let n = 0; n < 3; n += 1) await nextProbe(clock, fixture, subject)
  subject.status = 200
  await nextProbe(clock, fixture, subject)
  expect(fixture.backend(subject.backend.address).health).toBe('down')
  await nextProbe(clock, fixture, subject)
  expect(fixture.backend(subject.backend.address).health).toBe('up')
  const changes = fixture
    .eventsOf('backend_health')
    .filter(({ backend, from }) => backend === subject.backend.address && from !== 'unknown')
  expect(changes.map(({ from, to }) => `${from}>${to}`)).toEqual(['up>down', 'down>up'])
  expect(changes[0]!.evidence.map(({ code, status }) => `${code} ${status}`)).toEqual(
    Array.from({ length: 3 }, () => 'L7STS 503')
  )
  expect(changes[1]!.evidence.map(({ code }) => code)).toEqual(['L7OK', 'L7OK'])
})

test('a frozen backend fails by the timeout of the probe', async () => {
  const subjects = [await patient('a'), await patient('b')]
  const { fixture, clock } = await start(subjects)
  const subject = subjects[0]!
  subject.status = 'silent'
  for (let n = 0; n < 3; n += 1) await nextProbe(clock, fixture, subject)
  expect(fixture.backend(subject.backend.address).health).toBe('down')
  expect(fixture.backend(subject.backend.address).probes.at(-1)?.code).toBe('L7TOUT')
})

test('a request that waits for a backend that goes down is answered by another, if it is safe to repeat', async () => {
  const subjects = [await patient('a'), await patient('b')]
  const { fixture, clock } = await start(subjects)
  const [first, second] = subjects as [Patient, Patient]
  first.backend.script = () => undefined
  const read = await fixture.connect()
  const write = await fixture.connect()
  read.send(getRequest('/read'))
  await eventually(
    'the read',
    () => first.backend.targets.includes('/read') || second.backend.targets.includes('/read')
  )
  write.send('POST /write HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n')
  await eventually('the write', () =>
    [first, second].some(({ backend }) => backend.targets.includes('/write'))
  )
  for (let n = 0; n < 3; n += 1) await nextProbe(clock, fixture, first)
  expect(fixture.backend(first.backend.address).health).toBe('down')
  expect((await read.readResponse()).body.toString()).toBe('b /read 0')
  expect(first.backend.targets.filter((target) => target === '/write').length).toBeLessThanOrEqual(
    1
  )
})

test('all backends down is a 503, and the pool says so', async () => {
  const subject = await patient('only')
  const { fixture, clock } = await start([subject])
  subject.status = 500
  for (let n = 0; n < 3; n += 1) await nextProbe(clock, fixture, subject)
  expect((await fixture.get('/')).status).toBe(503)
  expect(fixture.pool().activeLevel).toBe(-1)
  expect(fixture.eventsOf('pool_availability').at(-1)?.isAvailable).toBe(false)
})

test('the failover pool moves to its backup and back as probes say', async () => {
  const [primary, backup] = [await patient('p'), await patient('s')]
  const { fixture, clock } = await start([], {
    pool: {
      algorithm: 'failover',
      health_check: CHECK,
      failover: { recovery_interval: 0 }
    },
    backends: [
      { address: primary.backend.address },
      { address: backup.backend.address, failover: true }
    ]
  })
  expect((await fixture.get('/')).body).toMatch(/^p/)
  primary.status = 500
  for (let n = 0; n < 3; n += 1) await nextProbe(clock, fixture, primary)
  expect((await fixture.get('/')).body).toMatch(/^s/)
  primary.status = 200
  for (let n = 0; n < 2; n += 1) await nextProbe(clock, fixture, primary)
  expect((await fixture.get('/')).body).toMatch(/^p/)
})

test('no probe is sent in maint, and leaving it takes a pass before traffic', async () => {
  const subjects = [await patient('a'), await patient('b')]
  const { fixture, clock } = await start(subjects)
  const subject = subjects[0]!
  fixture.engine.setAdminState('main', subject.backend.address, 'maint', 'disk')
  const probes = subject.probes
  await clock.advanceAsync(10_000)
  expect(subject.probes).toBe(probes)
  subject.status = 500
  fixture.engine.setAdminState('main', subject.backend.address, 'ready', 'done')
  for (let n = 0; n < 4; n += 1) expect((await fixture.get('/')).body).toMatch(/^b/)
  subject.status = 200
  await eventually('back in rotation', async () => {
    await clock.advanceAsync(500)
    return fixture.backend(subject.backend.address).isEligible
  })
  expect([(await fixture.get('/')).body[0], (await fixture.get('/')).body[0]].sort()).toEqual([
    'a',
    'b'
  ])
})

test('the last fifty probes are kept, the oldest go', async () => {
  const subject = await patient('a')
  const { fixture, clock } = await start([subject])
  const backend = fixture.backend(subject.backend.address)
  for (let n = 0; n < 55; n += 1) await nextProbe(clock, fixture, subject)
  expect(backend.probes).toHaveLength(50)
  expect(backend.probes.every(({ hasPassed }) => hasPassed)).toBe(true)
})

test('two pools with different checks on one address judge it apart', async () => {
  const subject = await patient('shared')
  const clock = new ManualClock()
  const fixture = await EngineFixture.start(
    configuration({
      backends: [subject.backend],
      pool: { health_check: CHECK },
      pools: [
        {
          name: 'other',
          health_check: { ...CHECK, path: '/other' },
          backends: [{ address: subject.backend.address }]
        }
      ]
    }),
    { clock }
  )
  subject.status = 500
  for (let n = 0; n < 3; n += 1) await nextProbe(clock, fixture, subject)
  expect(fixture.backend(subject.backend.address, 'main').health).toBe('down')
  expect(fixture.backend(subject.backend.address, 'other').health).toBe('up')
})

test('without a health check a backend is up from the start', async () => {
  const [backend] = await startBackends('a')
  const fixture = await EngineFixture.start(configuration({ backends: [backend!] }))
  expect(fixture.backend(backend!.address).health).toBe('up')
})
