/**
 * Contract: commands and questions of the parent are answered when they are done, what a restart
 * must remember is on the disk by then, and an engine that is observed tells what changes.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { eventually } from '../../test/servers/eventually.ts'
import { type FromEngine } from '../model/control-protocol.ts'
import { SessionHarness } from './testing/session-harness.ts'

let harness: SessionHarness

beforeEach(() => {
  harness = new SessionHarness()
})

test('a command is answered when a restart would remember it, and a wrong one with its code', async () => {
  harness.start()
  await harness.load('first')
  expect(await harness.setState('api')).toMatchObject({ kind: 'result', error: null })
  const stored = JSON.parse(readFileSync(join(harness.state, 'overlay.json'), 'utf8'))
  expect(stored.backends).toMatchObject([{ pool: 'api', backend: 'b', adminState: 'maint' }])
  expect(await harness.setState('none')).toMatchObject({
    kind: 'result',
    error: { code: 'POOL_UNKNOWN', message: 'There is no pool none.' }
  })
})

test('a failover is previewed, activated and deactivated, and the latch is on disk by the answer', async () => {
  harness.start()
  await harness.load('first')
  const activation = { level: 1, isForced: true, reason: 'disks' }
  const preview = { name: 'failover_preview', pool: 'api', activation } as const
  expect(await harness.ask(preview)).toMatchObject({
    kind: 'answer',
    answer: { name: 'failover_preview', preview: { fromLevel: 0, toLevel: 1 } }
  })
  const activate = { name: 'activate_failover', pool: 'api', activation } as const
  expect(await harness.command(activate)).toMatchObject({ kind: 'result', error: null })
  expect(harness.engine!.failoverStatus('api').latchedLevel).toBe(1)
  const stored = JSON.parse(readFileSync(join(harness.state, 'overlay.json'), 'utf8'))
  expect(stored.latches).toMatchObject([{ pool: 'api', level: 1, isForced: true, reason: 'disks' }])
  const deactivate = { name: 'deactivate_failover', pool: 'api', reason: 'done' } as const
  expect(await harness.command(deactivate)).toMatchObject({ error: null })
  expect(harness.engine!.failoverStatus('api').latchedLevel).toBeNull()
  const unknown = await harness.command({ ...deactivate, pool: 'none' })
  expect(unknown).toMatchObject({ kind: 'result', error: { code: 'POOL_UNKNOWN' } })
})

test("a change through the engine's own API is kept as well, and told as an event", async () => {
  harness.start()
  await harness.load('first')
  harness.engine!.setAdminState('api', 'b', 'drain', 'by the admin API')
  await eventually('the overlay on disk', () => {
    const file = join(harness.state, 'overlay.json')
    return existsSync(file) && readFileSync(file, 'utf8').includes('by the admin API')
  })
  expect(await harness.message('event')).toMatchObject({ event: { kind: 'backend_admin' } })
})

test('the next engine starts with the overlay of the last one', async () => {
  harness.start()
  await harness.load('first')
  await harness.setState('api')
  harness.channel.close()
  await harness.exit()
  const next = new SessionHarness()
  next.channel.send({ kind: 'start', version: '1', stateDirectory: harness.state, adminToken: 't' })
  await next.load('first')
  expect(next.engine?.startOverlay.backends).toMatchObject([{ backend: 'b', adminState: 'maint' }])
})

test('a snapshot is plain data about everything that the engine shows', async () => {
  harness.start()
  await harness.load('first')
  harness.engine!.counters.requests = 7
  expect(await harness.snapshot()).toMatchObject({
    kind: 'snapshot',
    snapshot: { process: { pid: process.pid }, listeners: [{ traffic: { requests: 7 } }] }
  })
})

test('an observed engine sends its fleet, then ticks, the next one when one was acknowledged', async () => {
  harness.start()
  await harness.load('first')
  harness.channel.send({ kind: 'observe', isWanted: true, isTrafficWanted: true })
  await harness.message('fleet')
  await harness.clock.advanceAsync(1000)
  const ticks = () => harness.received.filter(({ kind }) => kind === 'tick')
  expect(ticks()).toHaveLength(1)
  harness.channel.send({ kind: 'ack_tick', seq: 1 })
  await harness.clock.advanceAsync(1000)
  expect(ticks()).toHaveLength(2)
  expect(harness.engine!.traffic).not.toBeNull()
})

test('an event of the engine brings a new fleet, a fault does not', async () => {
  harness.start()
  await harness.load('first')
  harness.channel.send({ kind: 'observe', isWanted: true, isTrafficWanted: false })
  await harness.clock.advanceAsync(500)
  harness.channel.send({ kind: 'ack_tick', seq: 1 })
  const fleets = () => harness.received.filter(({ kind }) => kind === 'fleet').length
  harness.engine!.emit({ kind: 'fault', code: 'INTERNAL', reason: 'one exchange' })
  await harness.clock.advanceAsync(250)
  expect(fleets()).toBe(1)
  harness.channel.send({ kind: 'ack_tick', seq: 2 })
  harness.engine!.emit({ kind: 'configuration', outcome: 'loaded', code: null, reason: 'r' })
  await harness.clock.advanceAsync(500)
  expect(fleets()).toBe(2)
})

test('a question gets its answer or the error of the engine, and before the start an error', async () => {
  const ask = (id: number, pool: string): Promise<FromEngine> => {
    const question = { name: 'evidence', pool, backend: 'b' } as const
    harness.channel.send({ kind: 'ask', id, question })
    return harness.answer(id)
  }
  expect(await ask(91, 'api')).toMatchObject({ error: { code: 'PROTOCOL_VIOLATION' } })
  harness.start()
  await harness.load('first')
  expect(await ask(92, 'api')).toMatchObject({ error: { code: 'BACKEND_UNKNOWN' } })
  harness.channel.send({ kind: 'ask', id: 93, question: { name: 'probe_board' } })
  expect(await harness.answer(93)).toMatchObject({ kind: 'answer', answer: { board: [] } })
})

test('a probe that is asked for changes nothing that a restart would have to remember', async () => {
  harness.start()
  await harness.load('first')
  harness.channel.send({
    kind: 'command',
    id: 90,
    command: { name: 'probe_now', pool: 'api', backend: 'b' }
  })
  expect(await harness.answer(90)).toEqual({ kind: 'result', id: 90, error: null })
  expect(harness.engine!.calls).toContain('probeNow api b')
})
