/**
 * Contract: the engine process ends as its parent says, never outlives it for long, and says how
 * it ended.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { eventually } from '../../test/servers/eventually.ts'
import { gate } from '../../test/servers/gate.ts'
import type { StopReport } from './engine-view.ts'
import { ENGINE_END_FILE, engineEndSchema } from './engine-end.ts'
import { SessionHarness } from './testing/session-harness.ts'

let harness: SessionHarness

beforeEach(() => {
  harness = new SessionHarness()
})

test('stop drains, reports and exits with 0, once', async () => {
  harness.start()
  await harness.load('first')
  harness.channel.send({ kind: 'stop', mode: 'drain' })
  harness.channel.send({ kind: 'stop', mode: 'drain' })
  expect(await harness.message('stopped')).toMatchObject({ finished: 2, cut: 1 })
  expect(await harness.exit()).toBe(0)
  expect(harness.engine?.calls).toEqual(['start', 'stop'])
  expect(harness.exits).toEqual([0])
})

test('a cut ends a running stop at once and counts what was running', async () => {
  harness.start()
  await harness.load('first')
  const engine = harness.engine!
  engine.counters.requests = 10
  engine.counters.inFlight = 3
  const unfinished = Promise.withResolvers<StopReport>()
  engine.stopping = unfinished.promise
  harness.channel.send({ kind: 'stop', mode: 'drain' })
  await eventually('the stop', () => engine.calls.includes('stop'))
  engine.counters.inFlight = 2
  harness.channel.send({ kind: 'stop', mode: 'cut' })
  expect(await harness.message('stopped')).toMatchObject({ finished: 1, cut: 2 })
  expect(harness.exits).toEqual([0])
  unfinished.resolve({ finished: 0, cut: 0 })
})

test('a parent that vanishes makes the engine drain and exit', async () => {
  harness.start()
  await harness.load('first')
  const drained = gate()
  harness.engine!.stopping = drained.opened.then(() => ({ finished: 1, cut: 0 }))
  harness.channel.close()
  await eventually('the stop', () => harness.engine!.calls.includes('stop'))
  expect(harness.exits).toEqual([])
  drained.open()
  expect(await harness.exit()).toBe(0)
})

test('an uncaught error while serving is a fault, and the engine goes on', async () => {
  harness.start()
  await harness.load('first')
  harness.session.takeUncaught(new Error('one exchange broke'))
  expect(await harness.message('fault')).toMatchObject({
    code: 'INTERNAL',
    reason: expect.stringContaining('one exchange broke')
  })
  expect(harness.exits).toEqual([])
})

test('an uncaught error before the first load is fatal', async () => {
  harness.session.takeUncaught(new Error('no engine'))
  expect(await harness.message('fatal')).toMatchObject({ code: 'INTERNAL' })
  expect(await harness.exit()).toBe(70)
})

test('a parent that vanishes is left word of how the traffic ended, for its successor alone', async () => {
  harness.start()
  await harness.load('first')
  harness.channel.send({ kind: 'observe', isWanted: true, isTrafficWanted: true })
  await harness.message('fleet')
  harness.channel.close()
  expect(await harness.exit()).toBe(0)
  const file = join(harness.state, ENGINE_END_FILE)
  const end = engineEndSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  expect(end).toMatchObject({ finished: 2, cut: 1, atMs: harness.clock.wallNow() })
  expect(end.reason).toContain('without stopping it')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(harness.state).filter((name) => name.endsWith('.tmp'))).toEqual([])
  expect(harness.clock.pendingCount).toBe(0)
  expect(harness.engine!.traffic).toBeNull()
})

test('a parent that asked for the end hears of it and finds no word', async () => {
  harness.start()
  await harness.load('first')
  harness.channel.send({ kind: 'stop', mode: 'drain' })
  await harness.exit()
  expect(existsSync(join(harness.state, ENGINE_END_FILE))).toBe(false)
})
