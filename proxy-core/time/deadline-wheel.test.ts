/** Contract: deadlines fire once, never early, at most a tick late, however they are moved. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { Deadlined, DeadlineWheel, TICK_MS } from './deadline-wheel.ts'

class Probe extends Deadlined {
  readonly #clock: ManualClock
  readonly onFire: () => void
  firedAtMs: number[] = []

  constructor(clock: ManualClock, onFire: () => void = () => undefined) {
    super()
    this.#clock = clock
    this.onFire = onFire
  }

  override deadlineReached(): void {
    this.firedAtMs.push(this.#clock.now())
    this.onFire()
  }
}

describe('DeadlineWheel', () => {
  it('fires no earlier than the deadline and at most one tick and a bit later', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200_000 }), { maxLength: 30 }), (delays) => {
        const clock = new ManualClock()
        const wheel = new DeadlineWheel(clock)
        const start = clock.now()
        const probes = delays.map((delay) => {
          const probe = new Probe(clock)
          wheel.set(probe, start + delay)
          return probe
        })
        clock.advance(210_000)
        probes.forEach((probe, index) => {
          expect(probe.firedAtMs).toHaveLength(1)
          const lateMs = probe.firedAtMs[0]! - start - delays[index]!
          expect(lateMs).toBeGreaterThanOrEqual(0)
          expect(lateMs).toBeLessThanOrEqual(2 * TICK_MS)
        })
        expect(wheel.size).toBe(0)
      }),
      { numRuns: 20 }
    )
  })

  it('follows a deadline that is put off and one that is brought forward', () => {
    const clock = new ManualClock()
    const wheel = new DeadlineWheel(clock)
    const [later, sooner] = [new Probe(clock), new Probe(clock)]
    const start = clock.now()
    wheel.set(later, start + 1000)
    wheel.set(later, start + 5000)
    wheel.set(sooner, start + 5000)
    wheel.set(sooner, start + 1000)
    clock.advance(4000)
    expect(later.firedAtMs).toEqual([])
    expect(sooner.firedAtMs).toHaveLength(1)
    clock.advance(2000)
    expect(later.firedAtMs).toHaveLength(1)
  })

  it('does not fire what was removed or set to never', () => {
    const clock = new ManualClock()
    const wheel = new DeadlineWheel(clock)
    const [removed, never] = [new Probe(clock), new Probe(clock)]
    wheel.set(removed, clock.now() + 100)
    wheel.set(never, clock.now() + 100)
    wheel.remove(removed)
    wheel.set(never, Infinity)
    clock.advance(1000)
    expect([...removed.firedAtMs, ...never.firedAtMs]).toEqual([])
  })

  it('survives callbacks that remove their neighbours and queue themselves again', () => {
    const clock = new ManualClock()
    const wheel = new DeadlineWheel(clock)
    const removed = new Set<Probe>()
    const probes: Probe[] = []
    const due = clock.now() + 100
    for (let index = 0; index < 6; index++) {
      const probe: Probe = new Probe(clock, () => {
        const neighbour = probes[(index + 1) % probes.length]!
        if (neighbour.firedAtMs.length === 0) {
          wheel.remove(neighbour)
          removed.add(neighbour)
        }
        if (probe.firedAtMs.length < 3) wheel.set(probe, clock.now() + 60)
      })
      probes.push(probe)
    }
    for (const probe of probes) wheel.set(probe, due)
    clock.advance(2000)
    expect(removed.size).toBeGreaterThan(0)
    for (const probe of probes) expect(probe.firedAtMs).toHaveLength(removed.has(probe) ? 0 : 3)
    expect(wheel.size).toBe(0)
  })

  it('owns no timer while nothing has a deadline', () => {
    const clock = new ManualClock()
    const wheel = new DeadlineWheel(clock)
    const probe = new Probe(clock)
    expect(clock.pendingCount).toBe(0)
    wheel.set(probe, clock.now() + 100)
    expect(clock.pendingCount).toBe(1)
    clock.advance(1000)
    expect(clock.pendingCount).toBe(0)
  })
})
