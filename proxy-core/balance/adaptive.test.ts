/**
 * Contract: traffic goes where it is answered fast and well, leaves a backend that becomes slow or
 * failing within seconds, and comes back. Simulated requests on a clock of the test's own, with
 * repeatable randomness.
 */
import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { adaptive } from './adaptive.ts'
import type { Balancer } from './balancer.ts'
import {
  SAMPLE_REQUEST,
  sampleOptions,
  sampleTargets,
  seededRandom,
  type SampleTarget
} from './sample-targets.ts'

interface Behaviour {
  latencyMs: number
  isFailing?: boolean
}

class Simulation {
  readonly clock = new ManualClock()
  readonly targets: readonly SampleTarget[]
  readonly behaviours = new Map<SampleTarget, Behaviour>()
  readonly balancer: Balancer<SampleTarget>
  readonly #random: () => number
  #picks = new Map<SampleTarget, number>()

  constructor(weights: readonly number[], seed = 1) {
    this.#random = seededRandom(seed)
    this.targets = sampleTargets(weights)
    for (const target of this.targets) this.behaviours.set(target, { latencyMs: 10 })
    const now = (): number => this.clock.now()
    this.balancer = adaptive<SampleTarget>(this.#random, sampleOptions({ now }))
    this.balancer.rebuild(this.targets)
  }

  target(name: string): SampleTarget {
    return this.targets.find((one) => one.name === name)!
  }

  become(name: string, behaviour: Behaviour): void {
    this.behaviours.set(this.target(name), behaviour)
  }

  /** Arrivals at random, as from many clients: an open model. */
  open(perSecond: number, forMs: number): void {
    const end = this.clock.now() + forMs
    const arrive = (): void => {
      this.#ask(() => undefined)
      schedule()
    }
    const schedule = (): void => {
      const gapMs = (-Math.log(1 - this.#random()) * 1000) / perSecond
      if (this.clock.now() + gapMs < end) this.clock.setTimeout(arrive, gapMs)
    }
    schedule()
    this.clock.advance(forMs)
  }

  /** A fixed number of clients that ask again as soon as they are answered: a closed model. */
  closed(clients: number, forMs: number): void {
    const end = this.clock.now() + forMs
    const again = (): void => {
      if (this.clock.now() < end) this.#ask(again)
    }
    for (let client = 0; client < clients; client++) again()
    this.clock.advance(forMs)
  }

  /** Shares of the requests since the last call. */
  shares(): Readonly<Record<string, number>> {
    const total = [...this.#picks.values()].reduce((sum, count) => sum + count, 0)
    const shares = this.targets.map((target) => [
      target.name,
      (this.#picks.get(target) ?? 0) / total
    ])
    this.#picks = new Map()
    return Object.fromEntries(shares) as Record<string, number>
  }

  #ask(answered: () => void): void {
    const target = this.balancer.pick(SAMPLE_REQUEST)!
    this.#picks.set(target, (this.#picks.get(target) ?? 0) + 1)
    target.load++
    const { latencyMs, isFailing = false } = this.behaviours.get(target)!
    // Half to one and a half: no two answers take the same time.
    const tookMs = latencyMs * (0.5 + this.#random())
    this.clock.setTimeout(() => {
      target.load--
      this.balancer.observed?.(target, tookMs, isFailing)
      answered()
    }, tookMs)
  }
}

type Load = (simulation: Simulation, forMs: number) => void

const LOADS: readonly [name: string, load: Load][] = [
  ['20 requests a second', (simulation, forMs) => simulation.open(20, forMs)],
  ['500 requests a second', (simulation, forMs) => simulation.open(500, forMs)],
  ['64 clients', (simulation, forMs) => simulation.closed(64, forMs)]
]

describe.each(LOADS)('under %s', (_name, load) => {
  test.each([2, 3, 10])('a slow one of %i gets less than 5 % within 2 s', (count) => {
    const simulation = new Simulation(new Array<number>(count).fill(1))
    load(simulation, 10_000)
    simulation.become('b', { latencyMs: 500 })
    load(simulation, 2000)
    simulation.shares()
    load(simulation, 3000)
    expect(simulation.shares()['b']).toBeLessThan(0.05)
  })

  test.each([2, 3, 10])('one of %i that fails fast gets less than 5 % within 2 s', (count) => {
    const simulation = new Simulation(new Array<number>(count).fill(1))
    load(simulation, 10_000)
    simulation.become('b', { latencyMs: 1, isFailing: true })
    load(simulation, 2000)
    simulation.shares()
    load(simulation, 10_000)
    expect(simulation.shares()['b']).toBeLessThan(0.05)
  })

  test.each([
    ['slow', { latencyMs: 500 }],
    ['failing', { latencyMs: 1, isFailing: true }]
  ] as const)('one that was %s has its share again after a minute of health', (_kind, bad) => {
    const simulation = new Simulation([1, 1, 1])
    simulation.become('b', bad)
    load(simulation, 20_000)
    simulation.become('b', { latencyMs: 10 })
    load(simulation, 60_000)
    simulation.shares()
    load(simulation, 30_000)
    expect(simulation.shares()['b']).toBeGreaterThan(0.2)
  })
})

test.each([
  ['slow', { latencyMs: 1000 }],
  ['failing', { latencyMs: 1, isFailing: true }]
] as const)('a backend that is %s from the start has lost its share after 2 s', (_kind, bad) => {
  const simulation = new Simulation([1, 1, 1, 1])
  simulation.become('b', bad)
  simulation.open(200, 2000)
  simulation.shares()
  simulation.open(200, 5000)
  expect(simulation.shares()['b']).toBeLessThan(0.05)
})

test('of several bad backends only the draws of two bad ones get through', () => {
  const simulation = new Simulation(new Array<number>(10).fill(1))
  for (const name of ['b', 'c', 'd']) simulation.become(name, { latencyMs: 1000 })
  simulation.open(200, 5000)
  simulation.shares()
  simulation.open(200, 10_000)
  const { b = 0, c = 0, d = 0 } = simulation.shares()
  // Three of ten: 3/10 × 2/9 of the draws, and a little for what is tried again.
  expect(b + c + d).toBeLessThan(0.09)
})

test('one failure in a hundred does not take a backend out', () => {
  const simulation = new Simulation([1, 1, 1])
  let answers = 0
  const balancer = simulation.balancer
  const { observed } = balancer
  balancer.observed = (target, latencyMs) =>
    observed?.call(balancer, target, latencyMs, target.name === 'b' && ++answers % 100 === 0)
  simulation.closed(64, 30_000)
  expect(simulation.shares()['b']).toBeGreaterThan(0.1)
})

test('twice the latency gets about half the requests while many run', () => {
  const simulation = new Simulation([1, 1])
  simulation.become('b', { latencyMs: 20 })
  simulation.closed(64, 20_000)
  const { a = 0, b = 0 } = simulation.shares()
  // Half as many slots, and each of them half as often free.
  expect(a / b).toBeGreaterThan(2)
  expect(a / b).toBeLessThan(6)
})

test('requests that overlap are shared out by weight among equally fast backends', () => {
  const simulation = new Simulation([1, 3])
  simulation.closed(64, 20_000)
  const { a = 0, b = 0 } = simulation.shares()
  expect(b / a).toBeGreaterThan(2.2)
  expect(b / a).toBeLessThan(4)
})

test('a backend that never answers is left alone though nothing is observed of it', () => {
  const simulation = new Simulation([1, 1, 1])
  simulation.become('b', { latencyMs: 1e7 })
  simulation.open(200, 2000)
  simulation.shares()
  simulation.open(200, 20_000)
  expect(simulation.shares()['b']).toBeLessThan(0.05)
})

test('after an idle night the first requests are spread before anybody has answered', () => {
  const simulation = new Simulation([1, 1, 1, 1])
  simulation.open(100, 5000)
  simulation.clock.advance(8 * 3_600_000)
  for (let request = 0; request < 400; request++) {
    simulation.balancer.pick(SAMPLE_REQUEST)!.load++
  }
  const loads = simulation.targets.map(({ load }) => load)
  expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(5)
})

test('what is known of a backend outlives a change of the others', () => {
  const simulation = new Simulation([1, 1, 1])
  const [a, b] = simulation.targets as [SampleTarget, SampleTarget]
  simulation.balancer.observed?.(a, 5000, false)
  simulation.balancer.rebuild([a, b])
  for (let request = 0; request < 20; request++) {
    expect(simulation.balancer.pick(SAMPLE_REQUEST)).toBe(b)
  }
})

test('the same seed gives the same picks', () => {
  const run = (): Readonly<Record<string, number>> => {
    const simulation = new Simulation([1, 2, 3], 7)
    simulation.become('c', { latencyMs: 80 })
    simulation.open(300, 10_000)
    return simulation.shares()
  }
  expect(run()).toEqual(run())
})
