/** Monitored backends that are stopped when their test ends, and then must hold nothing. */
import { expect, onTestFinished } from 'vitest'
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import { MonitoredBackend } from './monitored-backend.ts'

export function watch(...args: ConstructorParameters<typeof MonitoredBackend>): MonitoredBackend {
  const created = new MonitoredBackend(...args)
  onTestFinished(() => endsClean(created))
  return created
}

async function endsClean({ monitor, clock, script }: MonitoredBackend): Promise<void> {
  monitor.stop()
  await ManualClock.flush()
  expect(clock.pendingCount).toBe(0)
  expect(script.running).toBe(0)
  expect(script.mostRunning).toBeLessThanOrEqual(1)
}
