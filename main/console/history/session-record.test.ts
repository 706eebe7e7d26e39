/** Contract: an end without a stop is noticed at the next start, and told as far as it is known. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { writeEngineEnd } from '../../../proxy-core/engine/engine-end.ts'
import type { LastEnd } from './last-end.ts'
import { SessionRecord } from './session-record.ts'
import { HistoryFixture } from './testing/history-file-fixture.ts'

function session(fixture: HistoryFixture, pid = 1): SessionRecord {
  const store = fixture.store()
  const { clock, folder: stateFolder } = fixture
  return new SessionRecord({ store, clock, stateFolder, pid, version: '1.2.3' })
}

/** A console that ran for a minute and was killed; its last write was then. */
function crashed(fixture: HistoryFixture, engineDirectory: string | null): void {
  const dead = session(fixture)
  fixture.clock.advance(60_000)
  if (engineDirectory !== null) dead.noteEngine(engineDirectory)
  fixture.clock.advance(1000)
  fixture.closeStores()
  fixture.clock.advance(3_600_000)
}

test('the first console of a machine has no predecessor', async () => {
  const first = session(new HistoryFixture())
  expect(first.crashedAtMs).toBeNull()
  expect(await first.investigate()).toBeNull()
  expect(first.current).toBeNull()
})

test('a console that was stopped leaves nothing to tell', async () => {
  const fixture = new HistoryFixture()
  const first = session(fixture)
  first.noteEngine('/somewhere')
  first.end()
  fixture.closeStores()
  const second = session(fixture)
  expect(second.crashedAtMs).toBeNull()
  expect(await second.investigate()).toBeNull()
})

test('the last write says when a killed console was last alive', async () => {
  const fixture = new HistoryFixture()
  const beganMs = fixture.clock.wallNow()
  crashed(fixture, join(fixture.folder, 'nowhere'))
  const next = session(fixture)
  expect(next.crashedAtMs! - beganMs).toBeGreaterThan(60_000)
  expect(next.crashedAtMs! - beganMs).toBeLessThan(61_000)
  expect((await next.investigate())?.atMs).toBe(next.crashedAtMs)
})

test('without an engine there is nothing more to know', async () => {
  const fixture = new HistoryFixture()
  crashed(fixture, null)
  const next = session(fixture)
  expect((await next.investigate())?.sentence).toMatch(/No engine ran\.$/)
  fixture.clock.advance(1000)
  expect(fixture.clock.pendingCount).toBe(0)
})

test('what the engine has left behind is told', async () => {
  const fixture = new HistoryFixture()
  const engine = join(fixture.folder, 'engine')
  crashed(fixture, engine)
  const atMs = fixture.clock.wallNow()
  await writeEngineEnd(engine, { atMs, finished: 4, cut: 0, reason: 'The parent is gone.' })
  const next = session(fixture)
  expect((await next.investigate())?.sentence).toMatch(
    /The engine finished 4 requests, cut 0, and stopped at [0-9:]{8}\.$/
  )
})

test('a report that comes while the engine still drains is told when it is there', async () => {
  const fixture = new HistoryFixture()
  const engine = join(fixture.folder, 'engine')
  crashed(fixture, engine)
  const next = session(fixture)
  const told: LastEnd[] = []
  next.onLastEnd((lastEnd) => told.push(lastEnd))
  expect((await next.investigate())?.sentence).toMatch(/has not reported how it ended\.$/)
  await fixture.clock.advanceAsync(3000)
  expect(told).toEqual([])
  const atMs = fixture.clock.wallNow()
  await writeEngineEnd(engine, { atMs, finished: 4, cut: 1, reason: 'The parent is gone.' })
  await looked(fixture, () => told.length > 0)
  expect(told).toHaveLength(1)
  expect(told[0]!.sentence).toMatch(/finished 4 requests, cut 1/)
  expect(next.current).toEqual(told[0])
})

test('an engine that has ended without a report was killed, and nobody looks any longer', async () => {
  const fixture = new HistoryFixture()
  const engine = join(fixture.folder, 'engine')
  crashed(fixture, engine)
  noteEngine(engine, process.ppid, 1)
  const next = session(fixture)
  expect((await next.investigate())?.sentence).toMatch(/take the requests that ran then as cut\.$/)
  // The write of the start is over by then, and a look would be due only afterwards.
  fixture.clock.advance(999)
  expect(fixture.clock.pendingCount).toBe(0)
})

test('an engine that ends later without a report is told as soon as it has', async () => {
  const fixture = new HistoryFixture()
  const engine = join(fixture.folder, 'engine')
  crashed(fixture, engine)
  const draining = spawn('sleep', ['60'])
  onTestFinished(() => void draining.kill('SIGKILL'))
  noteEngine(engine, draining.pid!)
  const next = session(fixture)
  const told: LastEnd[] = []
  next.onLastEnd((lastEnd) => told.push(lastEnd))
  expect((await next.investigate())?.sentence).toMatch(/has not reported how it ended\.$/)
  await looked(fixture, () => fixture.clock.pendingCount > 0)
  expect(told).toEqual([])
  const ended = once(draining, 'exit')
  draining.kill('SIGKILL')
  await ended
  await looked(fixture, () => told.length > 0)
  expect(told[0]!.sentence).toMatch(/take the requests that ran then as cut\.$/)
})

test('an engine that never reports is looked for during a minute only', async () => {
  const fixture = new HistoryFixture()
  crashed(fixture, join(fixture.folder, 'nowhere'))
  const next = session(fixture)
  await next.investigate()
  await looked(fixture, () => fixture.clock.pendingCount === 0)
  expect(next.current?.sentence).toMatch(/has not reported how it ended\.$/)
})

test('the operator reads it once', async () => {
  const fixture = new HistoryFixture()
  crashed(fixture, null)
  const next = session(fixture)
  await next.investigate()
  next.dismiss()
  expect(next.current).toBeNull()
  next.end()
  fixture.closeStores()
  expect(await session(fixture).investigate()).toBeNull()
})

/** As the lock of its instance has it. */
function noteEngine(directory: string, pid: number, startTicks: number | null = null): void {
  const nobody = { pid: 0, startTicks: null }
  const lock = { owner: nobody, engine: { pid, startTicks }, config: 'shop.yaml' }
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'lock'), JSON.stringify(lock))
}

/** Second by second, with the time that reading a file takes. */
async function looked(fixture: HistoryFixture, isDone: () => boolean): Promise<void> {
  for (let second = 0; second < 200 && !isDone(); second++) {
    fixture.clock.advance(1000)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
