/**
 * Contract: what `check` promises about detection and recovery holds for the schedule that
 * the monitor really keeps, whatever the settings, the jitter and the moment of the failure.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { worstCase, type TimeSpan } from '../config/worst-case.ts'
import { MonitoredBackend } from './testing/monitored-backend.ts'

/** worst-case.ts gives whole milliseconds. */
const ROUNDING_MS = 1

const timing = fc.record({
  intervalMs: fc.integer({ min: 10, max: 10_000 }),
  fastIntervalMs: fc.integer({ min: 10, max: 10_000 }),
  downIntervalMs: fc.integer({ min: 10, max: 10_000 }),
  timeoutMs: fc.integer({ min: 1, max: 5000 }),
  jitter: fc.constantFrom(0, 0.1, 0.5),
  unhealthyThreshold: fc.integer({ min: 1, max: 4 }),
  healthyThreshold: fc.integer({ min: 1, max: 4 })
})

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

/** Milliseconds until the backend's next change of state; the limit makes a miss fail fast. */
async function untilChange(backend: MonitoredBackend, limitMs: number): Promise<number> {
  const startedMs = backend.clock.now()
  let changedMs = Infinity
  backend.changed = () => {
    changedMs = Math.min(changedMs, backend.clock.now())
  }
  await backend.clock.advanceAsync(limitMs)
  return changedMs - startedMs
}

function expectWithin(ms: number, { bestMs, worstMs }: TimeSpan): void {
  expect(ms).toBeGreaterThanOrEqual(bestMs - ROUNDING_MS)
  expect(ms).toBeLessThanOrEqual(worstMs + ROUNDING_MS)
}

test.each(['killed', 'frozen'] as const)(
  'a backend that is %s, and one that comes back, is noticed within the computed span',
  async (kind) => {
    const property = fc.asyncProperty(
      timing,
      unit,
      unit,
      fc.infiniteStream(unit),
      async (...given) => {
        const [check, failsAt, returnsAt, randoms] = given
        const random = (): number => randoms.next().value as number
        const backend = new MonitoredBackend(check, { random })
        const span = worstCase({ ...backend.backend.settings.healthCheck!, ...check })[kind]
        await backend.start()
        await backend.clock.advanceAsync(failsAt * check.intervalMs * 3)
        backend.answers(kind === 'killed' ? 'refuse' : 'freeze')
        expectWithin(await untilChange(backend, span.detection.worstMs + 10), span.detection)
        await backend.clock.advanceAsync(returnsAt * check.downIntervalMs)
        backend.answers('pass')
        expectWithin(await untilChange(backend, span.recovery.worstMs + 10), span.recovery)
        backend.monitor.stop()
      }
    )
    await fc.assert(property, { numRuns: 40 })
  }
)
