/**
 * Contract: what the engine says by itself reaches its taker, a tick is acknowledged in any case,
 * and nobody waits for ever for an answer.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import type { ControlPort } from '../../proxy-core/engine/control-channel.ts'
import type { Tick } from '../../proxy-core/model/engine-telemetry.ts'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { EngineLink, type EngineLinkHandlers } from './engine-link.ts'

const ROW = new Array<number>(14).fill(0)
const TICK: Tick = {
  seq: 7,
  revision: 1,
  atMs: 0,
  process: { pid: 1, cpuShare: 0, residentBytes: 0, heapUsedBytes: 0, loopLagP99Ms: 0 },
  total: ROW,
  listeners: [],
  pools: [],
  probed: []
}

class Wire implements ControlPort {
  readonly backlog = 0
  readonly sent: unknown[] = []
  #receive: (message: unknown) => void = () => {}

  postMessage(message: unknown): void {
    this.sent.push(message)
  }
  onMessage(listener: (message: unknown) => void): void {
    this.#receive = listener
  }
  onClose(): void {}
  close(): void {}

  say(message: unknown): void {
    this.#receive(message)
  }
}

function linkOver(
  wire: Wire,
  taken: Partial<EngineLinkHandlers>,
  clock = new ManualClock()
): EngineLink {
  const unexpected = (): never => expect.fail('nobody said that')
  return new EngineLink({ pid: 1, port: wire, onExit: () => {}, kill: () => {} }, clock, {
    onEvent: unexpected,
    onFault: unexpected,
    onViolation: unexpected,
    onFleet: unexpected,
    onTick: unexpected,
    onTraffic: unexpected,
    ...taken
  })
}

test('a tick is acknowledged after it was taken', () => {
  const wire = new Wire()
  const order: string[] = []
  linkOver(wire, { onTick: () => order.push(`taken with ${wire.sent.length} sent`) })
  wire.say({ kind: 'tick', tick: TICK })
  expect(order).toEqual(['taken with 0 sent'])
  expect(wire.sent).toEqual([{ kind: 'ack_tick', seq: 7 }])
})

test('a tick whose taker throws is acknowledged all the same', () => {
  const wire = new Wire()
  linkOver(wire, {
    onTick: () => {
      throw new Error('the taker is broken')
    }
  })
  expect(() => wire.say({ kind: 'tick', tick: TICK })).toThrow('the taker is broken')
  expect(wire.sent).toEqual([{ kind: 'ack_tick', seq: 7 }])
})

test('an answer to another question than the one that was asked is a violation', async () => {
  const wire = new Wire()
  const link = linkOver(wire, {})
  const board = link.ask({ name: 'probe_board' })
  wire.say({ kind: 'answer', id: 1, answer: { name: 'traffic', samples: [] } })
  await expect(board).rejects.toMatchObject({ code: 'PROTOCOL_VIOLATION' })
})

/** Probes take up to 30 s. */
const SLOW_CHECK = {
  document: {
    version: 1,
    pools: [
      {
        name: 'api',
        backends: [{ address: '10.0.0.1:80' }],
        health_check: { type: 'tcp', interval: '60s', timeout: '30s' }
      }
    ],
    routes: [{ pool: 'api' }]
  },
  baseDir: '/',
  file: 'shop.yaml'
}

const PLACE = { pool: 'api', backend: '10.0.0.1:80' }

describe('an engine that does not answer', () => {
  let wire: Wire
  let clock: ManualClock
  let link: EngineLink

  beforeEach(() => {
    wire = new Wire()
    clock = new ManualClock()
    link = linkOver(wire, {}, clock)
  })

  test.each<[string, number, () => Promise<unknown>]>([
    ['a question', 10_000, () => link.ask({ name: 'probe_board' })],
    ['a snapshot', 10_000, () => link.snapshot()],
    ['a command', 10_000, () => link.command({ name: 'probe_now', ...PLACE })],
    ['a load', 180_000, () => link.load(SLOW_CHECK)]
  ])('is silent for %s after %i ms', async (_, withinMs, ask) => {
    let error: unknown = null
    const asked = ask().catch((reason: unknown) => (error = reason))
    await clock.advanceAsync(withinMs - 1)
    expect(error).toBeNull()
    await clock.advanceAsync(1)
    await asked
    expect(error).toMatchObject({ code: 'ENGINE_SILENT' })
    expect(clock.pendingCount).toBe(0)
  })

  test('gets as long for a probe as the probes of its configuration may take', async () => {
    const loaded = link.load(SLOW_CHECK)
    wire.say({ kind: 'loaded', id: 1, listeners: [], admin: null })
    await loaded
    let error: unknown = null
    const asked = link
      .command({ name: 'probe_now', ...PLACE })
      .catch((reason: unknown) => (error = reason))
    await clock.advanceAsync(69_999)
    expect(error).toBeNull()
    await clock.advanceAsync(1)
    await asked
    expect(error).toMatchObject({ code: 'ENGINE_SILENT' })
  })

  test('leaves no timer behind when it answers, and is not heard when it is too late', async () => {
    const board = link.ask({ name: 'probe_board' })
    wire.say({ kind: 'answer', id: 1, answer: { name: 'probe_board', board: [] } })
    await board
    expect(clock.pendingCount).toBe(0)
    const late = expect(link.snapshot()).rejects.toMatchObject({ code: 'ENGINE_SILENT' })
    await clock.advanceAsync(10_000)
    await late
    wire.say({ kind: 'result', id: 2, error: null })
    const next = link.ask({ name: 'probe_board' })
    wire.say({ kind: 'answer', id: 3, answer: { name: 'probe_board', board: [] } })
    expect(await next).toMatchObject({ board: [] })
  })
})
