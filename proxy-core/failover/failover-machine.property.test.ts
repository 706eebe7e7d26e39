/**
 * Contract, for any trace of health, time and operators: somebody serves while anybody can, only
 * levels that can have a share, all shares together are everything, and the same trace gives the
 * same decisions. A flapping level costs one switch per recovery interval at most.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FailoverSettings } from '../model/settings.ts'
import { MachineLab } from './testing/machine-lab.ts'

const settings: fc.Arbitrary<Partial<FailoverSettings>> = fc.record({
  strategy: fc.constantFrom('immediate', 'graceful', 'delayed'),
  failback: fc.constantFrom('automatic', 'manual'),
  rampMs: fc.constantFrom(0, 500, 3000),
  delayMs: fc.constantFrom(0, 700, 4000),
  recoveryIntervalMs: fc.constantFrom(0, 1000, 5000),
  failbackRampMs: fc.constantFrom(0, 800, 5000),
  minEligible: fc.constantFrom(1, 1, 2, 3),
  panicThreshold: fc.constantFrom(0, 0.5, 1)
})

type Step =
  | { readonly kind: 'set'; readonly eligible: readonly number[] }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'activate'; readonly level: number | null; readonly isForced: boolean }
  | { readonly kind: 'deactivate' }

const TOTALS = [3, 2, 2]

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(...TOTALS.map((total) => fc.nat(total)))
      .map((eligible) => ({ kind: 'set', eligible }) as const)
  },
  { weight: 5, arbitrary: fc.nat(6000).map((ms) => ({ kind: 'wait', ms }) as const) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('activate' as const),
      level: fc.constantFrom(null, 0, 1, 2),
      isForced: fc.boolean()
    })
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'deactivate' } as const) }
)

function take(lab: MachineLab, one: Step): void {
  switch (one.kind) {
    case 'set':
      lab.set(...one.eligible)
      return
    case 'wait':
      lab.wait(one.ms)
      return
    case 'activate':
      lab.activate(one.level, one.isForced)
      return
    case 'deactivate':
      lab.deactivate()
  }
}

function expectSound({ machine, levels, nowMs }: MachineLab): void {
  const eligible = (level: number): number => levels[level]!.eligible
  const isAnybodyThere = levels.some((view) => view.eligible > 0)
  const sum = [...machine.shares.values()].reduce((total, share) => total + share, 0)
  expect(sum).toBeCloseTo(isAnybodyThere || machine.isWaiting ? 1 : 0, 9)
  if (!machine.isWaiting) {
    for (const level of machine.shares.keys()) expect(eligible(level)).toBeGreaterThan(0)
  } else {
    expect(machine.phase).toBe('pending')
    expect(eligible(machine.level)).toBe(0)
  }
  if (machine.wakeMs !== null) expect(machine.wakeMs).toBeGreaterThan(nowMs)
}

test('somebody serves while anybody can, and all shares together are everything', () => {
  fc.assert(
    fc.property(settings, fc.array(step, { maxLength: 40 }), (chosen, steps) => {
      const lab = new MachineLab(chosen, TOTALS).begin()
      for (const one of steps) {
        take(lab, one)
        expectSound(lab)
      }
    }),
    { numRuns: 500 }
  )
})

test('the same trace gives the same decisions', () => {
  fc.assert(
    fc.property(settings, fc.array(step, { maxLength: 30 }), (chosen, steps) => {
      const run = (): unknown => {
        const lab = new MachineLab(chosen, TOTALS).begin()
        const states = steps.map((one) => {
          take(lab, one)
          return lab.state
        })
        return [states, lab.transitions]
      }
      expect(run()).toEqual(run())
    })
  )
})

test('transitions join: each begins in the phase and on the level where the last one ended', () => {
  fc.assert(
    fc.property(settings, fc.array(step, { maxLength: 40 }), (chosen, steps) => {
      const lab = new MachineLab(chosen, TOTALS).begin()
      for (const one of steps) take(lab, one)
      let [phase, level] = ['normal', 0]
      for (const { from, to, fromLevel, toLevel } of lab.transitions) {
        expect([from, fromLevel]).toEqual([phase, level])
        ;[phase, level] = [to, toLevel]
      }
      expect([lab.machine.phase, lab.machine.level]).toEqual([phase, level])
    })
  )
})

test('levels that flap faster than the recovery interval cost one switch per interval', () => {
  const period = fc.integer({ min: 50, max: 4900 })
  fc.assert(
    fc.property(settings, period, (chosen, periodMs) => {
      const recoveryIntervalMs = 5000
      const lab = new MachineLab({ ...chosen, minEligible: 1, recoveryIntervalMs }, [1, 1]).begin()
      for (let round = 0; round < 60; round++) lab.set(round % 2).wait(periodMs)
      const moves = lab.transitions.filter(({ fromLevel, toLevel }) => fromLevel !== toLevel)
      for (const [place, move] of moves.entries()) {
        const next = moves[place + 1]
        if (next) expect(next.atMs - move.atMs).toBeGreaterThanOrEqual(recoveryIntervalMs)
      }
    })
  )
})

test('traffic never returns by choice to a level that has not been healthy for the interval', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(1), fc.nat(4000)), { maxLength: 60 }),
      fc.constantFrom('immediate', 'graceful', 'delayed'),
      (trace, strategy) => {
        const lab = new MachineLab({ strategy, recoveryIntervalMs: 5000 }, [1, 1]).begin()
        let healthySinceMs = -Infinity
        let isUp = true
        for (const [eligible, ms] of trace) {
          if (!isUp && eligible === 1) healthySinceMs = lab.nowMs
          isUp = eligible === 1
          lab.set(eligible)
          const known = lab.transitions.length
          lab.wait(ms)
          for (const { toLevel, fromLevel, atMs } of lab.transitions.slice(known)) {
            if (toLevel < fromLevel) expect(atMs - healthySinceMs).toBeGreaterThanOrEqual(5000)
          }
        }
      }
    )
  )
})
