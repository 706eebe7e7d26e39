/**
 * Contract: at most four transactions a second whatever is written; nobody waits for the disk;
 * a file that is damaged, taken or unwritable costs history, never the console.
 */
import { execFile } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  writeFileSync,
  writeSync
} from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { MIGRATIONS } from './history-schema.ts'
import { HistoryFixture } from './testing/history-file-fixture.ts'
import { otherConsole } from './testing/history-process.ts'

const INSERT = 'INSERT INTO audit (at_ms, actor, action, reason, outcome) VALUES (?, ?, ?, ?, ?)'
const action = z.object({ action: z.string() })
const ALL = 'SELECT action FROM audit ORDER BY id'

function rowOf(name: string): readonly (string | number)[] {
  return [1, 'operator', name, '', 'done']
}

async function actionsOf(fixture: HistoryFixture, store = fixture.store()): Promise<string[]> {
  const rows = await fixture.clock.settle(store.read(action, ALL))
  return rows.map((row) => row.action)
}

test('a minute of writes every 10 ms makes at most four transactions a second', async () => {
  const fixture = new HistoryFixture()
  const store = fixture.store()
  for (let tenth = 0; tenth < 6000; tenth++) {
    store.write(INSERT, rowOf(`write ${tenth}`))
    fixture.clock.advance(10)
  }
  expect(store.transactionsTotal).toBeGreaterThan(200)
  expect(store.transactionsTotal).toBeLessThanOrEqual(240)
  expect(await actionsOf(fixture, store)).toHaveLength(6000)
})

test('without writes there are no transactions', () => {
  const fixture = new HistoryFixture()
  const store = fixture.store()
  fixture.clock.advance(60_000)
  expect(store.transactionsTotal).toBe(0)
  expect(fixture.clock.pendingCount).toBe(0)
})

test('a read sees what was written before it', async () => {
  const fixture = new HistoryFixture()
  const store = fixture.store()
  store.write(INSERT, rowOf('first'))
  expect(store.readNow(action, ALL)).toEqual([])
  const reading = store.read(action, ALL)
  await fixture.clock.advanceAsync(300)
  expect(await reading).toEqual([{ action: 'first' }])
})

test('closing writes what is queued, and the next opening finds it', async () => {
  const fixture = new HistoryFixture()
  const store = fixture.store()
  store.write(INSERT, rowOf('last words'))
  await store.close()
  store.write(INSERT, rowOf('too late'))
  expect(store.droppedTotal).toBe(1)
  expect(await actionsOf(fixture)).toEqual(['last words'])
})

test('the stamp goes with every transaction and makes none by itself', async () => {
  const fixture = new HistoryFixture()
  const store = fixture.store()
  let stamps = 0
  store.stamp(INSERT, () => rowOf(`stamp ${++stamps}`))
  fixture.clock.advance(5000)
  expect(stamps).toBe(0)
  store.write(INSERT, rowOf('a write'))
  expect(await actionsOf(fixture, store)).toEqual(['a write', 'stamp 1'])
})

test('a full queue gives up its oldest rows, and says so once', async () => {
  const fixture = new HistoryFixture()
  const store = fixture.store(3)
  for (const name of ['one', 'two', 'three', 'four', 'five']) store.write(INSERT, rowOf(name))
  expect(store.droppedTotal).toBe(2)
  expect(fixture.told).toEqual([
    'More happened than the history can take: the oldest of 3 waiting rows were given up.'
  ])
  expect(await actionsOf(fixture, store)).toEqual(['three', 'four', 'five'])
  expect(store.trouble).toBeNull()
})

test('a row that SQLite refuses is lost alone', async () => {
  const fixture = new HistoryFixture()
  const store = fixture.store()
  store.write(INSERT, rowOf('before'))
  store.write(INSERT, ['not a time', 'operator', 'refused', '', ''])
  store.write(INSERT, rowOf('after'))
  expect(await actionsOf(fixture, store)).toEqual(['before', 'after'])
  expect(store.droppedTotal).toBe(1)
  expect(fixture.told[0]).toMatch(/^A row of the history was refused and is lost: /)
})

test('only its owner can read the files', () => {
  const fixture = new HistoryFixture()
  mkdirSync(dirname(fixture.file), { recursive: true })
  writeFileSync(fixture.file, '')
  chmodSync(fixture.file, 0o644)
  const store = fixture.store()
  store.write(INSERT, rowOf('a'))
  fixture.clock.advance(300)
  const modes = readdirSync(fixture.folder).map((name) => [
    name,
    statSync(join(fixture.folder, name)).mode & 0o777
  ])
  expect(modes).toEqual([
    ['history.db', 0o600],
    ['history.db-wal', 0o600]
  ])
})

test('a file that is no database is set aside, and a new one is begun', async () => {
  const fixture = new HistoryFixture()
  mkdirSync(fixture.folder, { recursive: true })
  writeFileSync(
    fixture.file,
    'This is not a database, and it is longer than a header of SQLite. '.repeat(40)
  )
  const store = fixture.store()
  expect(store.file).toBe(fixture.file)
  expect(fixture.told).toEqual([
    `The history file ${fixture.file} is damaged. It was set aside as history.db.damaged-2026-01-01T00-00-00.000Z, and a new one was begun.`
  ])
  expect(existsSync(`${fixture.file}.damaged-2026-01-01T00-00-00.000Z`)).toBe(true)
  store.write(INSERT, rowOf('new'))
  expect(await actionsOf(fixture, store)).toEqual(['new'])
})

test('pages that were overwritten are found at the start', async () => {
  const fixture = new HistoryFixture()
  const first = fixture.store()
  for (let row = 0; row < 500; row++) first.write(INSERT, rowOf('x'.repeat(100)))
  await first.close()
  overwrite(fixture.file, 8192, 32_768)
  const second = fixture.store()
  expect(second.file).toBe(fixture.file)
  expect(fixture.told[0]).toMatch(/is damaged\. It was set aside as history\.db\.damaged-/)
  expect(await actionsOf(fixture, second)).toEqual([])
})

test('a file that is damaged while it is in use is replaced, and what is queued is kept', async () => {
  const fixture = new HistoryFixture()
  const first = fixture.store()
  // More than SQLite keeps in its cache, so that it reads the disk again.
  for (let row = 0; row < 1500; row++) first.write(INSERT, rowOf('x'.repeat(4000)))
  await first.close()
  const store = fixture.store()
  overwrite(fixture.file, 4096, statSync(fixture.file).size - 4096)
  store.write(INSERT, rowOf('after the damage'))
  fixture.clock.advance(2000)
  expect(fixture.told.join()).toMatch(/set aside/)
  expect(store.file).toBe(fixture.file)
  expect(await actionsOf(fixture, store)).toEqual(['after the damage'])
})

test('a second console keeps its history in memory and leaves the file to the first', async () => {
  const fixture = new HistoryFixture()
  const first = await otherConsole(fixture.folder)
  const second = fixture.store()
  expect(second.file).toBeNull()
  expect(fixture.told).toEqual([
    `The history file ${fixture.file} is in use by another process. What happens is kept only until the console ends.`
  ])
  second.write(INSERT, rowOf('in memory'))
  expect(await actionsOf(fixture, second)).toEqual(['in memory'])
  await second.close()
  await first.kill()
  const third = fixture.store()
  expect(third.file).toBe(fixture.file)
  expect(third.lastNumberOf('event')).toBe(1)
})

test('a file of a newer version is left as it is', () => {
  const fixture = new HistoryFixture()
  mkdirSync(fixture.folder, { recursive: true })
  const newer = new DatabaseSync(fixture.file)
  newer.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`)
  newer.close()
  const store = fixture.store()
  expect(store.file).toBeNull()
  expect(store.trouble?.message).toMatch(
    /has version \d+, and this Switchyard knows versions up to/
  )
  expect(readdirSync(fixture.folder)).toContain('history.db')
})

test('a folder that cannot be used costs the history, not the console', async () => {
  const fixture = new HistoryFixture()
  writeFileSync(fixture.folder, 'a file where the folder should be')
  const store = fixture.store()
  expect(store.file).toBeNull()
  expect(fixture.told[0]).toMatch(/^The history file .* cannot be used: /)
  store.write(INSERT, rowOf('in memory'))
  expect(await actionsOf(fixture, store)).toEqual(['in memory'])
})

test('a full disk is told once, tried again less and less often, and can still be read', async () => {
  const fixture = new HistoryFixture()
  const script = join(import.meta.dirname, 'testing', 'unwritable-history.ts')
  // 1 KiB blocks; the signal would end the process before SQLite could say anything.
  const command = `trap '' XFSZ; ulimit -f 120; exec "$0" "$1" "$2"`
  const parts = ['-c', command, process.execPath, script, fixture.file]
  const { stdout } = await promisify(execFile)('bash', parts)
  const { told, rows, transactionsTotal, trouble } = resultSchema.parse(JSON.parse(stdout))
  expect(told).toEqual([trouble])
  expect(trouble).toMatch(
    /^The history file .* cannot be written: .* What happens is kept in memory/
  )
  expect(rows).toBe(0)
  expect(transactionsTotal).toBeGreaterThan(5)
  expect(transactionsTotal).toBeLessThan(12)
})

const resultSchema = z.object({
  told: z.array(z.string()),
  rows: z.number(),
  transactionsTotal: z.number(),
  trouble: z.string()
})

function overwrite(file: string, from: number, length: number): void {
  const descriptor = openSync(file, 'r+')
  writeSync(descriptor, Buffer.alloc(length, 0xa5), 0, length, from)
  closeSync(descriptor)
}
