/** Contract: what the page says of the failover of each pool, before, during and after one. */
import { expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { metricsPage } from './metrics-page.ts'
import type { ProcessFacts } from './process-facts.ts'
import { backendSettings, EngineDouble } from './testing/engine-double.ts'

const PROCESS: ProcessFacts = {
  pid: 1,
  nodeVersion: 'v24.0.0',
  cpuSeconds: 0,
  residentBytes: 0,
  heapUsedBytes: 0,
  openDescriptors: null,
  descriptorLimit: null
}

function linesOf(view: EngineDouble): readonly string[] {
  const page = [...metricsPage(view, PROCESS)].join('')
  return page.split('\n').filter((line) => /^(veloflux|switchyard_pool)_failover/.test(line))
}

test('a pool with one level has never failed over, and has no phase', () => {
  const view = new EngineDouble(new ManualClock())
  view.addPool('api', [backendSettings('10.0.0.1:80')])
  expect(linesOf(view)).toEqual([
    'veloflux_failover_active{pool="api"} 0',
    'veloflux_failover_events_total{pool="api"} 0'
  ])
})

test('a failover shows as active, counted, timed and by its shares', () => {
  const clock = new ManualClock()
  const view = new EngineDouble(clock)
  const pool = view.addPool('api', [
    backendSettings('10.0.0.1:80'),
    backendSettings('10.0.0.2:80', { level: 1 })
  ])
  expect(linesOf(view)).toContain('switchyard_pool_failover_phase{pool="api",phase="normal"} 1')
  pool.backends[0]!.setHealth('down', 'test')
  linesOf(view)
  clock.advance(3000)
  const lines = linesOf(view)
  expect(lines).toContain('veloflux_failover_active{pool="api"} 1')
  expect(lines).toContain('veloflux_failover_events_total{pool="api"} 1')
  expect(lines).toContain('veloflux_failover_last_activation{pool="api"} 1767225600')
  expect(lines).toContain('veloflux_failover_duration_seconds{pool="api"} 3')
  expect(lines).toContain('switchyard_pool_failover_phase{pool="api",phase="active"} 1')
  expect(lines).toContain('switchyard_pool_failover_share{pool="api",level="0"} 0')
  expect(lines).toContain('switchyard_pool_failover_share{pool="api",level="1"} 1')
  expect(lines).toContain('switchyard_pool_failover_latched{pool="api"} 0')
})

test('an end keeps the duration, and a latch shows', () => {
  const clock = new ManualClock()
  const view = new EngineDouble(clock)
  view.addPool('api', [
    backendSettings('10.0.0.1:80'),
    backendSettings('10.0.0.2:80', { level: 1 })
  ])
  view.failoverStatus('api')
  view.activateFailover('api', { level: null, isForced: false, reason: 'test' })
  expect(linesOf(view)).toContain('switchyard_pool_failover_latched{pool="api"} 1')
  clock.advance(2000)
  view.deactivateFailover('api', 'test')
  clock.advance(10_000)
  expect(linesOf(view)).toContain('veloflux_failover_active{pool="api"} 0')
  clock.advance(60_000)
  expect(linesOf(view)).toContain('veloflux_failover_duration_seconds{pool="api"} 12')
})
