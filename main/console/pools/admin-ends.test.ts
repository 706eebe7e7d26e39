/**
 * Contract: drain and maintenance end at their time, also when the console or its engine was down
 * then, and not when somebody else has changed the state meanwhile.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../../test/servers/eventually.ts'
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import { temporaryFolder } from '../../../test/servers/temporary-folder.ts'
import type { EngineCommand } from '../../../proxy-core/model/control-protocol.ts'
import type { Fleet } from '../../../proxy-core/model/engine-telemetry.ts'
import type { AdminState } from '../../../proxy-core/model/states.ts'
import type { EngineStatus } from '../../../preload/contract/live-state.ts'
import { Listeners } from '../engine/listeners.ts'
import { NO_ENGINE } from '../engine/no-engine.ts'
import { backend, fleetOf, pool } from '../live/testing/fleet-double.ts'
import { AdminEnds, type EndsEngine } from './admin-ends.ts'

const RUNNING: EngineStatus = { ...NO_ENGINE, phase: 'running', pid: 7 }

class EngineDouble implements EndsEngine {
  status = RUNNING
  stateDirectory: string | null = '/state/shop'
  fleet: Fleet | null = null
  refusal: Error | null = null
  onCommand: () => Promise<void> = () => Promise.resolve()
  readonly commands: EngineCommand[] = []
  readonly #fleets = new Listeners<Fleet>((error) => {
    throw error
  })
  readonly onFleet = (listener: (fleet: Fleet) => void): (() => void) => this.#fleets.add(listener)

  report(state: AdminState | null): void {
    const backends = state === null ? [] : [backend('a', { adminState: state })]
    this.fleet = fleetOf([pool('api', backends)])
    this.#fleets.tell(this.fleet)
  }

  command(command: EngineCommand): Promise<void> {
    if (this.refusal) return Promise.reject(this.refusal)
    this.commands.push(command)
    return this.onCommand()
  }
}

let clock: ManualClock
let engine: EngineDouble
let file: string
let audit: string[]
let lines: string[]

beforeEach(() => {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  file = join(folder.path, 'admin-ends.json')
  clock = new ManualClock()
  engine = new EngineDouble()
  audit = []
  lines = []
})

async function open(): Promise<AdminEnds> {
  const ends = await AdminEnds.open({
    file,
    clock,
    engine,
    audit: {
      record: ({ actor, action, outcome }) => audit.push(`${actor}: ${action}: ${outcome}`)
    },
    say: (line) => lines.push(line)
  })
  onTestFinished(() => ends.stop())
  return ends
}

/** Everything that the moment has set going. */
async function pass(forMs: number): Promise<void> {
  await clock.advanceAsync(forMs)
}

function kept(): unknown[] {
  return (JSON.parse(readFileSync(file, 'utf8')) as { ends: unknown[] }).ends
}

async function drained(forMs: number): Promise<AdminEnds> {
  const ends = await open()
  engine.report('drain')
  await ends.set('api', 'a', 'drain', clock.wallNow() + forMs)
  return ends
}

test('an end is shown, kept, and brings the backend back at its time', async () => {
  const ends = await drained(60_000)
  expect(ends.untilMs('api', 'a')).toBe(clock.wallNow() + 60_000)
  expect(kept()).toMatchObject([{ pool: 'api', backend: 'a', state: 'drain' }])
  await pass(59_999)
  expect(engine.commands).toEqual([])
  await pass(1)
  expect(engine.commands).toMatchObject([{ name: 'set_admin_state', backend: 'a', state: 'ready' }])
  expect(audit).toEqual(['console: End the drain of a in api: done'])
  expect(ends.untilMs('api', 'a')).toBeNull()
  await eventually('the empty file', () => kept().length === 0)
})

test('the end of a state that is on its way is shown before the state is there', async () => {
  const ends = await drained(60_000)
  engine.report('ready')
  const forget = ends.expect('api', 'a', 5_000)
  engine.report('ready')
  expect(ends.untilMs('api', 'a')).toBe(5_000)
  ends.expect('api', 'a', null)
  forget()
  expect(ends.untilMs('api', 'a')).toBeNull()
})

test('whoever shows the ends hears of every change', async () => {
  const ends = await open()
  let changes = 0
  ends.onChange(() => changes++)
  await ends.set('api', 'a', 'drain', clock.wallNow() + 1_000)
  await ends.set('api', 'a', 'drain', clock.wallNow() + 2_000)
  await ends.set('api', 'a', 'ready', null)
  await ends.set('api', 'a', 'ready', null)
  expect(changes).toBe(3)
})

test('a state without an end has none', async () => {
  const ends = await drained(60_000)
  await ends.set('api', 'a', 'maint', null)
  expect(ends.untilMs('api', 'a')).toBeNull()
})

test('an end survives the console, and one that is over is applied when it is back', async () => {
  await (await drained(60_000)).stop()
  await pass(3_600_000)
  engine.fleet = null
  const again = await open()
  expect(again.untilMs('api', 'a')).not.toBeNull()
  await pass(1)
  expect(engine.commands).toHaveLength(1)
})

test('an end that comes while the engine is down waits for it', async () => {
  await drained(60_000)
  engine.status = { ...NO_ENGINE, phase: 'restarting' }
  await pass(120_000)
  expect(engine.commands).toEqual([])
  engine.status = RUNNING
  engine.report('drain')
  await pass(5_000)
  expect(engine.commands).toHaveLength(1)
})

test('an engine that refuses is asked again, and told of', async () => {
  await drained(1_000)
  engine.refusal = new Error('not now')
  await pass(1_000)
  expect(lines[0]).toBe('The drain of a in api could not be ended: not now')
  engine.refusal = null
  await pass(5_000)
  expect(engine.commands).toHaveLength(1)
})

test.each([['ready'], ['maint']] as const)(
  'an end is void when the backend is %s by other means',
  async (state) => {
    const ends = await drained(60_000)
    engine.report(state)
    expect(ends.untilMs('api', 'a')).toBeNull()
    await pass(120_000)
    expect(engine.commands).toEqual([])
  }
)

test('a backend that a reload takes away and another brings back still ends its drain', async () => {
  const ends = await drained(60_000)
  engine.report(null)
  engine.report('drain')
  expect(ends.untilMs('api', 'a')).not.toBeNull()
  await pass(60_000)
  expect(engine.commands).toHaveLength(1)
})

test('the end of a backend that is away waits for it without asking the engine', async () => {
  await drained(60_000)
  engine.report(null)
  await pass(120_000)
  expect([engine.commands, lines]).toEqual([[], []])
  engine.report('drain')
  await pass(1)
  expect(engine.commands).toHaveLength(1)
})

test('an end that an operator moves while another is applied is not applied', async () => {
  const ends = await open()
  engine.fleet = fleetOf([pool('api', [backend('a'), backend('b')])])
  await ends.set('api', 'a', 'drain', clock.wallNow() + 1_000)
  await ends.set('api', 'b', 'drain', clock.wallNow() + 1_000)
  engine.onCommand = () => ends.set('api', 'b', 'drain', clock.wallNow() + 60_000)
  await pass(1_000)
  expect(engine.commands).toMatchObject([{ backend: 'a' }])
  expect(ends.untilMs('api', 'b')).not.toBeNull()
})

test('the ends of another instance stay for when it is opened again', async () => {
  const ends = await drained(60_000)
  engine.stateDirectory = '/state/other'
  engine.report('ready')
  expect(ends.untilMs('api', 'a')).toBeNull()
  await pass(120_000)
  expect(engine.commands).toEqual([])
  engine.stateDirectory = '/state/shop'
  engine.report('drain')
  expect(ends.untilMs('api', 'a')).not.toBeNull()
  await pass(1)
  expect(engine.commands).toHaveLength(1)
})

test('a clock that is set forward ends it within half a minute', async () => {
  const ends = await drained(3_600_000)
  expect(clock.nextDueInMs).toBeLessThanOrEqual(30_000)
  await ends.stop()
  expect(clock.pendingCount).toBe(0)
})

test('a file that holds something else is set aside', async () => {
  writeFileSync(file, '{"ends": 7}')
  const ends = await open()
  expect(ends.untilMs('api', 'a')).toBeNull()
  expect(readFileSync(`${file}.invalid`, 'utf8')).toBe('{"ends": 7}')
})
