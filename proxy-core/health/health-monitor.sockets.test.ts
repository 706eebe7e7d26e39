/** Contract: with real probes, sockets and time the monitor sees a service come, ail and go. */
import { afterEach, expect, test } from 'vitest'
import { eventually } from '../../test/servers/eventually.ts'
import { DEFAULT_HEALTH_CHECK } from '../model/default-settings.ts'
import type { HealthCheckSettings } from '../model/settings.ts'
import { Backend } from '../pool/backend.ts'
import { systemClock } from '../time/clock.ts'
import { HealthMonitor } from './health-monitor.ts'
import { ProbeLab } from './testing/probe-lab.ts'

const lab = new ProbeLab()
const monitors: HealthMonitor[] = []

const CHECK: HealthCheckSettings = {
  ...DEFAULT_HEALTH_CHECK,
  intervalMs: 10,
  fastIntervalMs: 10,
  downIntervalMs: 10,
  timeoutMs: 2000
}

afterEach(async () => {
  for (const monitor of monitors.splice(0)) monitor.stop()
  await lab.close()
})

function watch(port: number, healthCheck: HealthCheckSettings = CHECK): Backend {
  const backend = new Backend(
    {
      address: `127.0.0.1:${port}`,
      host: '127.0.0.1',
      port,
      weight: 100,
      region: null,
      level: 0,
      maxConnections: 0,
      slowStartMs: 0,
      healthCheck
    },
    { pool: 'api', clock: systemClock, emit: () => undefined, changed: () => undefined }
  )
  const monitor = new HealthMonitor(backend, {
    clock: systemClock,
    random: Math.random,
    addresses: () => ['127.0.0.1'],
    firstResolution: Promise.resolve(),
    initial: 'first_result_decides',
    reportFault: (reason) => expect.unreachable(reason),
    connect: lab.connect
  })
  monitors.push(monitor)
  monitor.start()
  return backend
}

test('a service is up, down while it answers 503, up again, and down when it is gone', async () => {
  let status = 200
  const port = await lab.http((_, response) => response.writeHead(status).end())
  const backend = watch(port)
  await eventually('it is up', () => backend.health === 'up')
  status = 503
  await eventually('it is down', () => backend.health === 'down')
  expect(backend.healthReason).toBe(
    '3 probes in a row failed, L7STS: Expected status 200-399, got 503.'
  )
  status = 200
  await eventually('it is up again', () => backend.health === 'up')
  await lab.close()
  await eventually('it is gone', () => backend.health === 'down')
  expect(backend.healthReason).toContain('L4CON')
  expect(backend.probes.length).toBeLessThanOrEqual(50)
})

test('three hundred backends are up after one round and hold nothing after stop', async () => {
  const port = await lab.http((_, response) => response.end('ok'))
  const check: HealthCheckSettings = { ...CHECK, intervalMs: 60_000, timeoutMs: 10_000 }
  const backends = Array.from({ length: 300 }, () => watch(port, check))
  await Promise.all(monitors.map((monitor) => monitor.firstResult))
  expect(backends.every((backend) => backend.health === 'up')).toBe(true)
  for (const monitor of monitors) monitor.stop()
  await eventually('every socket is closed', () => lab.opened.every((socket) => socket.destroyed))
})
