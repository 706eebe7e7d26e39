/** Contract: what the engine says by itself reaches its taker, and a tick is acknowledged in any case. */
import { expect, test } from 'vitest'
import type { ControlPort } from '../../proxy-core/engine/control-channel.ts'
import type { Tick } from '../../proxy-core/model/engine-telemetry.ts'
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

function linkOver(wire: Wire, taken: Partial<EngineLinkHandlers>): EngineLink {
  const unexpected = (): never => expect.fail('nobody said that')
  return new EngineLink(
    { pid: 1, port: wire, onExit: () => {}, kill: () => {} },
    {
      onEvent: unexpected,
      onFault: unexpected,
      onViolation: unexpected,
      onFleet: unexpected,
      onTick: unexpected,
      onTraffic: unexpected,
      ...taken
    }
  )
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
