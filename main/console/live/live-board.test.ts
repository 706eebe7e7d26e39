/**
 * Contract: the board tells states when they change and numbers with every tick, in the order of
 * the fleet of the same revision; what an ended engine said is shown as such.
 */
import { beforeEach, expect, test } from 'vitest'
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import type { Fleet, ProbedBackend, Tick } from '../../../proxy-core/model/engine-telemetry.ts'
import { readTrafficRow } from '../../../proxy-core/model/traffic-row.ts'
import { liveFleetSchema, liveNumbersSchema } from '../../../preload/contract/live-state.ts'
import type {
  EnginePhase,
  EngineStatus,
  LiveFleet,
  LiveNumbers
} from '../../../preload/contract/live-state.ts'
import type { Verdict } from '../../../preload/contract/status.ts'
import { Listeners } from '../engine/listeners.ts'
import { NO_ENGINE } from '../engine/no-engine.ts'
import { LiveBoard, type BoardEngine, type ErrorChange } from './live-board.ts'
import {
  backend,
  down,
  fleetOf,
  HOLDING,
  pool,
  probedBackend,
  row,
  tickOf
} from './testing/fleet-double.ts'

/** Says what the test says. */
class EngineDouble implements BoardEngine {
  status: EngineStatus = NO_ENGINE
  heardAtMs: number | null = null
  board: Promise<readonly ProbedBackend[]> = Promise.resolve([])
  readonly #status = new Listeners<EngineStatus>(rethrow)
  readonly #fleet = new Listeners<Fleet>(rethrow)
  readonly #tick = new Listeners<Tick>(rethrow)
  readonly onStatus = (listener: (status: EngineStatus) => void): (() => void) =>
    this.#status.add(listener)
  readonly onFleet = (listener: (fleet: Fleet) => void): (() => void) => this.#fleet.add(listener)
  readonly onTick = (listener: (tick: Tick) => void): (() => void) => this.#tick.add(listener)

  probeBoard(): Promise<readonly ProbedBackend[]> {
    return this.board
  }
  become(phase: EnginePhase, parts: Partial<EngineStatus> = {}): void {
    this.status = { ...NO_ENGINE, phase, ...parts }
    this.#status.tell(this.status)
  }
  report(fleet: Fleet): void {
    this.#fleet.tell(fleet)
  }
  count(tick: Tick): void {
    this.#tick.tell(tick)
  }
  get listenerCount(): number {
    return this.#status.size + this.#fleet.size + this.#tick.size
  }
}

function rethrow(error: unknown): never {
  throw error
}

const FLEET = fleetOf([pool('api', [backend('a'), backend('b')])])

let clock: ManualClock
let engine: EngineDouble
let ends: Map<string, number>
let endsChanged: Listeners<undefined>
let board: LiveBoard
let fleets: LiveFleet[]
let numbers: LiveNumbers[]
let verdicts: Verdict[]
let errors: ErrorChange[]
let lines: string[]

beforeEach(() => {
  clock = new ManualClock()
  engine = new EngineDouble()
  ends = new Map()
  endsChanged = new Listeners<undefined>(rethrow)
  lines = []
  board = new LiveBoard({
    clock,
    engine,
    ends: {
      untilMs: (_pool, address) => ends.get(address) ?? null,
      onChange: (listener) => endsChanged.add(listener)
    },
    time: (atMs) => new Date(atMs).toISOString().slice(11, 16),
    say: (line) => lines.push(line)
  })
  fleets = []
  numbers = []
  verdicts = []
  errors = []
  board.onFleet((fleet) => fleets.push(fleet))
  board.onNumbers((one) => numbers.push(one))
  board.onVerdict((verdict) => verdicts.push(verdict))
  board.onErrors((change) => errors.push(change))
})

function run(fleet: Fleet = FLEET): void {
  engine.become('running', { pid: 7 })
  engine.report(fleet)
}

test('without an engine no listener is open, and with the next one those that it opens', () => {
  run()
  const open = (): boolean[] => board.fleet.listeners.map(({ isOpen }) => isOpen)
  expect(open()).toEqual([true])
  engine.become('silent', { pid: 7 })
  expect(open()).toEqual([true])
  engine.become('restarting', { restartAtMs: 1_000 })
  expect(open()).toEqual([false])
  run()
  expect(open()).toEqual([true])
})

test('before a workspace is open there is an empty fleet and no numbers', () => {
  expect(liveFleetSchema.parse(board.fleet)).toMatchObject({
    revision: 0,
    engine: { phase: 'none' },
    verdict: { status: 'idle' },
    pools: []
  })
  expect(board.numbers).toBeNull()
})

test('a fleet of the engine is told with words, and its payload fits the contract', () => {
  run(fleetOf([pool('api', [backend('a'), down('b')])]))
  const fleet = liveFleetSchema.parse(board.fleet)
  expect(fleet.pools[0]).toMatchObject({ status: 'degraded', statusWord: 'Degraded, 1 of 2' })
  expect(fleet.pools[0]!.backends.map(({ statusWord }) => statusWord)).toEqual(['Healthy', 'Down'])
  expect(fleet.verdict.status).toBe('degraded')
  expect(verdicts.at(-1)).toEqual(fleet.verdict)
})

test('rows that a tick leaves out are those of the tick before', () => {
  run()
  const first = [row({ rps: 1 }), row({ rps: 2 })]
  engine.count(tickOf(FLEET, { pools: [{ row: row(), hold: null, backends: first }] }))
  const second = [null, row({ rps: 3 })]
  engine.count(tickOf(FLEET, { seq: 2, pools: [{ row: row(), hold: null, backends: second }] }))
  const { pools, revision } = liveNumbersSchema.parse(numbers.at(-1))
  expect(pools[0]!.backends.map((one) => readTrafficRow(one).rps)).toEqual([1, 3])
  expect(revision).toBe(board.fleet.revision)
})

test('a row that was never told says that nothing is known of its times', () => {
  run()
  engine.count(tickOf(FLEET, { pools: [{ row: row(), hold: null, backends: [null, null] }] }))
  expect(readTrafficRow(numbers[0]!.pools[0]!.backends[0]!)).toMatchObject({ rps: 0, p95Ms: -1 })
})

test('a tick of another fleet than the known one is not told', () => {
  run()
  engine.count(tickOf({ ...FLEET, revision: 2 }))
  expect(numbers).toHaveLength(0)
})

test('revisions grow over the lives of several engines', () => {
  run()
  const before = board.fleet.revision
  engine.become('restarting')
  run()
  expect(board.fleet.revision).toBeGreaterThan(before)
  engine.count(tickOf(FLEET))
  expect(numbers.at(-1)?.revision).toBe(board.fleet.revision)
})

test('the progress of probes changes the words without another fleet of the engine', () => {
  run()
  const told = fleets.length
  const failing = probedBackend('api', 'b', { direction: 'failing', done: 2, needed: 3 })
  engine.count(tickOf(FLEET, { probed: [failing] }))
  expect(board.fleet.pools[0]!.backends[1]!.statusWord).toBe('Failing 2/3')
  expect(board.fleet.probes).toEqual([failing])
  engine.count(tickOf(FLEET, { seq: 2, probed: [failing] }))
  expect(fleets).toHaveLength(told + 1)
})

test('probes of before the observation are fetched once for every engine', async () => {
  const failing = probedBackend('api', 'a', { direction: 'failing', done: 1, needed: 3 })
  engine.board = Promise.resolve([failing])
  run()
  await ManualClock.flush()
  expect(board.fleet.pools[0]!.backends[0]!.statusWord).toBe('Failing 1/3')
})

test('probes that cannot be fetched are told of and change nothing', async () => {
  engine.board = Promise.reject(new Error('gone'))
  run()
  await ManualClock.flush()
  expect(lines[0]).toMatch(/gone/)
  expect(board.fleet.pools[0]!.status).toBe('serving')
})

test('a page that misses a payload gets the probes of the last second again', () => {
  run()
  const probed = [probedBackend('api', 'a')]
  const { atMs } = tickOf(FLEET)
  engine.count(tickOf(FLEET, { probed }))
  engine.count(tickOf(FLEET, { seq: 2, atMs: atMs + 750 }))
  expect(numbers.at(-1)!.probed).toEqual(probed)
  engine.count(tickOf(FLEET, { seq: 3, atMs: atMs + 1_250 }))
  expect(numbers.at(-1)!.probed).toEqual([])
})

test('what an ended engine said is unknown, and its numbers are gone', () => {
  run()
  engine.count(tickOf(FLEET))
  engine.become('restarting', { reason: 'It was killed.' })
  const [api] = board.fleet.pools
  expect(api).toMatchObject({ status: 'unknown' })
  expect(api!.backends[0]).toMatchObject({ status: 'unknown' })
  expect(board.numbers).toBeNull()
  expect(board.verdict.sentence).toBe('Not serving. It was killed. It is being restarted.')
})

test('a silent engine keeps its last states', () => {
  run()
  engine.heardAtMs = clock.wallNow()
  engine.become('silent', { pid: 7 })
  expect(board.fleet.pools[0]!.status).toBe('serving')
  expect(board.verdict.status).toBe('unknown')
})

test('the sentence is told again when its minute changes, and not in between', () => {
  run(fleetOf([pool('api', [backend('a'), down('b')])]))
  const told = verdicts.length
  clock.advance(59_000)
  expect(verdicts).toHaveLength(told)
  clock.advance(1_000)
  expect(verdicts.at(-1)!.sentence).toContain('(1 m)')
  expect(verdicts).toHaveLength(told + 1)
  expect(board.fleet.verdict).toEqual(verdicts.at(-1))
})

test('errors of a pool degrade it and are told when they begin and when they end', () => {
  run()
  const { atMs } = tickOf(FLEET)
  const at = (seq: number, server5xx: number): void =>
    engine.count(
      tickOf(FLEET, {
        seq,
        atMs: atMs + seq * 250,
        pools: [{ row: row({ rps: 100, server5xx }), hold: null, backends: [null, null] }]
      })
    )
  for (let seq = 1; seq <= 20; seq++) at(seq, 50)
  expect(board.fleet.pools[0]).toMatchObject({ status: 'degraded', statusWord: 'Degraded, errors' })
  expect(board.verdict.sentence).toMatch(/^Serving with errors\. .* of the requests to api fail/)
  for (let seq = 21; seq <= 80; seq++) at(seq, 0)
  expect(board.fleet.pools[0]!.status).toBe('serving')
  expect(errors.map(({ pool: name, rise }) => [name, rise !== null])).toEqual([
    ['api', true],
    ['api', false]
  ])
})

test('requests that wait instead of failing are no outage, and are told as such', () => {
  const fleet = fleetOf([{ ...pool('api', [down('a')]), hold: HOLDING }])
  run(fleet)
  expect(board.fleet.pools[0]).toMatchObject({ status: 'degraded', statusWord: 'Requests wait' })
  const numbersOf = (held: number, lostTotal: number): Tick['pools'] => {
    const hold = { held, bytes: 0, oldestMs: 4_200, entered: 0, released: 0, lostTotal }
    return [{ row: row(), hold, backends: [null] }]
  }
  engine.count(tickOf(fleet, { pools: numbersOf(214, 0) }))
  expect(board.verdict).toMatchObject({ status: 'degraded' })
  expect(board.verdict.sentence).toMatch(
    /^Requests wait\. 214 of 1000 places are taken, the first has waited 4 s; nobody can serve/
  )
  engine.count(tickOf(fleet, { seq: 2, pools: numbersOf(214, 3) }))
  expect(board.verdict.status).toBe('down')
})

test('the end of a drain is shown with its backend', () => {
  run(fleetOf([pool('api', [backend('a'), backend('b', { adminState: 'drain' })])]))
  ends.set('b', clock.wallNow() + 60_000)
  endsChanged.tell(undefined)
  expect(board.fleet.pools[0]!.backends[1]!.adminUntilMs).toBe(clock.wallNow() + 60_000)
  expect(board.verdict.sentence).toContain('b is being drained until 00:01')
})

test('a stopped board listens to nobody and keeps no timer', () => {
  board.stop()
  expect(engine.listenerCount + endsChanged.size).toBe(0)
  expect(clock.pendingCount).toBe(0)
})
