/**
 * Contract: damage costs the record that it is in and nothing else. No start fails because of it,
 * no entry is ever handed out altered, and each kind is told once.
 */
import fc from 'fast-check'
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { temporaryFolder } from '../../test/servers/temporary-folder.ts'
import { nodeDisk } from './node-disk.ts'
import type { RequestLog } from './request-log.ts'
import { FaultyDisk } from './testing/faulty-disk.ts'
import { bodyOf, openStore, sampleEntry, type StoreStage } from './testing/store-stage.ts'

function folder(): string {
  const made = temporaryFolder()
  onTestFinished(() => made.remove())
  return made.path
}

async function opened(directory: string, clock?: ManualClock): Promise<StoreStage> {
  const stage = await openStore(nodeDisk, { directory }, clock)
  onTestFinished(() => stage.store.close())
  return stage
}

/** Entries 1 to `count`, in several segments when they are large. */
async function fill(store: RequestLog, count: number, bytes = 100): Promise<void> {
  for (let number = 1; number <= count; number++) {
    await store.append(sampleEntry(number, { body: bodyOf(number, bytes) }))
  }
}

/** A store as a process leaves it that is killed now. */
async function killed(count: number, bytes = 100): Promise<string> {
  const [running, left] = [join(folder(), 'buffer'), join(folder(), 'buffer')]
  const { store } = await opened(running)
  await fill(store, count, bytes)
  cpSync(running, left, { recursive: true })
  rmSync(join(left, 'lock'))
  return left
}

async function closed(count: number, bytes = 100): Promise<string> {
  const directory = join(folder(), 'buffer')
  const { store } = await opened(directory)
  await fill(store, count, bytes)
  await store.close()
  return directory
}

function logsIn(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.log'))
    .toSorted()
}

function flipIn(directory: string, name: string, offset: number): void {
  const octets = readFileSync(join(directory, name))
  octets.writeUInt8(octets.readUInt8(offset) ^ 0x10, offset)
  writeFileSync(join(directory, name), octets)
}

async function seqsOf(store: RequestLog): Promise<readonly number[]> {
  return (await store.pendingAfter(0, 1000)).map(({ seq }) => seq)
}

async function expectWhole(store: RequestLog, seqs: readonly number[], bytes = 100): Promise<void> {
  for (const seq of seqs) {
    const entry = await store.read(seq)
    expect(entry, `seq ${seq}`).toMatchObject({ target: `/orders/${seq}?größe=1` })
    expect(entry!.body.equals(bodyOf(seq, bytes)), `the body of seq ${seq}`).toBe(true)
  }
}

function kindsOf({ events }: StoreStage): readonly string[] {
  return events.map(({ kind }) => kind)
}

describe('a torn tail', () => {
  test.each([1, 95, 150])('is cut off to the last good record, with %i octets of it', async (n) => {
    const directory = await killed(3)
    const [name] = logsIn(directory)
    const file = join(directory, name!)
    const { size } = statSync(file)
    const record = (size - 96) / 3
    truncateSync(file, size - record + n)
    const stage = await opened(directory)
    expect(await seqsOf(stage.store)).toEqual([1, 2])
    await expectWhole(stage.store, [1, 2])
    expect(stage.events).toMatchObject([
      { kind: 'torn_tail', message: expect.stringContaining(`The last ${n} octets`) }
    ])
    expect(statSync(file).size).toBe(size - record)
    // What was in it may have been promised, so that its seq is not given again.
    const { seq } = await stage.store.append(sampleEntry(9))
    expect(seq).toBeGreaterThan(3)
  })

  test('of nothing but zeros, as a file system leaves it, is cut off too', async () => {
    const directory = await killed(2)
    appendFileSync(join(directory, logsIn(directory)[0]!), Buffer.alloc(5000))
    const stage = await opened(directory)
    expect(await seqsOf(stage.store)).toEqual([1, 2])
    expect(kindsOf(stage)).toEqual(['torn_tail'])
  })

  test('that is all of a segment leaves no segment', async () => {
    const directory = await killed(1)
    truncateSync(join(directory, logsIn(directory)[0]!), 100)
    const stage = await opened(directory)
    expect(await seqsOf(stage.store)).toEqual([])
    expect(logsIn(directory)).toEqual([])
  })
})

describe('a flipped bit', () => {
  test('in a body sets that record aside, with a copy, and the next ones go on', async () => {
    const directory = await closed(3)
    const [name] = logsIn(directory)
    const record = (statSync(join(directory, name!)).size - 96) / 3
    flipIn(directory, name!, 96 + 2 * record - 5)
    const stage = await opened(directory)
    expect(await stage.store.read(2)).toBeNull()
    await expectWhole(stage.store, [1, 3])
    expect(await seqsOf(stage.store)).toEqual([1, 3])
    expect(kindsOf(stage)).toEqual(['quarantined'])
    expect(stage.store.stats().quarantined).toBe(1)
    const [copy] = readdirSync(join(directory, 'quarantine'))
    expect(statSync(join(directory, 'quarantine', copy!)).size).toBe(record)
    await stage.store.close()
    const again = await opened(directory)
    expect(await seqsOf(again.store)).toEqual([1, 3])
    expect(again.events).toEqual([])
  })

  test.each([200, 300])('at %i is said of an entry that is asked for by its id', async (at) => {
    const directory = join(folder(), 'buffer')
    const { store } = await opened(directory)
    const { id } = await store.append(sampleEntry(1))
    await store.close()
    flipIn(directory, logsIn(directory)[0]!, at)
    const second = await opened(directory)
    expect(await second.store.read(1)).toBeNull()
    expect(await second.store.find(id)).toMatchObject({
      state: 'dead',
      lastReason: 'its record is damaged on disk'
    })
    expect(await second.store.list({ states: ['dead'], limit: 10 })).toEqual([])
    expect(await second.store.replay(1)).toBeNull()
  })

  test.each([
    ['the fixed part', 20],
    ['the texts', 120],
    ['the body', 250]
  ])('in %s of a record that is found by scanning costs only that one', async (_, offset) => {
    const directory = await killed(3)
    const [name] = logsIn(directory)
    const record = (statSync(join(directory, name!)).size - 96) / 3
    flipIn(directory, name!, 96 + record + offset)
    const stage = await opened(directory)
    expect(await seqsOf(stage.store)).toEqual([1, 3])
    await expectWhole(stage.store, [1, 3])
    expect(kindsOf(stage)).toEqual(['quarantined'])
  })

  test('in the header of a segment costs nothing', async () => {
    for (const directory of [await closed(2), await killed(2)]) {
      flipIn(directory, logsIn(directory)[0]!, 40)
      const stage = await opened(directory)
      expect(await seqsOf(stage.store)).toEqual([1, 2])
      await expectWhole(stage.store, [1, 2])
    }
  })

  test('in an index has it made anew', async () => {
    const directory = await closed(3)
    const [name] = readdirSync(directory).filter((one) => one.endsWith('.index'))
    flipIn(directory, name!, 130)
    const stage = await opened(directory)
    expect(await seqsOf(stage.store)).toEqual([1, 2, 3])
    await expectWhole(stage.store, [1, 2, 3])
    expect(kindsOf(stage)).toEqual(['rebuilt'])
    await stage.store.close()
    expect(kindsOf(await opened(directory))).toEqual([])
  })
})

test('a bit that flips anywhere in any file costs at most its record, and alters none', async () => {
  const { base, settled, count } = await storeInMemory()
  const names = base.afterCrash('kill').names
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.integer({ min: 0, max: 7 }),
      async (name, place, bit) => {
        const disk = base.afterCrash('kill')
        const octets = disk.contentOf(name)
        octets[Math.floor(place * octets.length)]! ^= 1 << bit
        const { store } = await openStore(disk)
        let lost = 0
        for (let seq = 1; seq <= count; seq++) {
          const entry = await store.read(seq)
          const bytes = sizeOf(seq)
          if (entry !== null) expect(entry.body.equals(bodyOf(seq, bytes))).toBe(true)
          else if (!settled.has(seq)) lost += 1
        }
        expect(lost).toBeLessThanOrEqual(1)
        const back = (await seqsOf(store)).filter((seq) => settled.has(seq))
        expect(back.length).toBeLessThanOrEqual(1)
        await store.close()
      }
    ),
    { numRuns: 300 }
  )
})

/** Sealed and open segments, journals, one compacted segment. */
async function storeInMemory(): Promise<{
  readonly base: FaultyDisk
  readonly settled: ReadonlySet<number>
  readonly count: number
}> {
  const base = new FaultyDisk()
  const { store, clock } = await openStore(base)
  const count = 24
  const settled = new Set<number>()
  for (let seq = 1; seq <= count; seq++) {
    await store.append(sampleEntry(seq, { body: bodyOf(seq, sizeOf(seq)) }))
    if (seq % 3 === 0 || (seq < 10 && seq !== 4)) {
      settled.add(seq)
      store.settle(seq, { kind: 'delivered', status: 200 })
    }
  }
  await store.settled()
  for (let turn = 0; turn < 20; turn++) await clock.advanceAsync(5000)
  return { base, settled, count }
}

function sizeOf(seq: number): number {
  return seq % 2 === 0 ? 30_000 : 200
}

describe('files', () => {
  test('a segment that is missing is told, and the others go on', async () => {
    const directory = await closed(9, 40_000)
    const [, second, ...rest] = logsIn(directory)
    expect(rest.length).toBeGreaterThan(0)
    rmSync(join(directory, second!))
    const stage = await opened(directory)
    const seqs = await seqsOf(stage.store)
    expect(seqs[0]).toBe(1)
    expect(seqs.at(-1)).toBe(9)
    expect(seqs.length).toBeLessThan(9)
    await expectWhole(stage.store, seqs, 40_000)
    expect(stage.events).toMatchObject([
      { kind: 'segment_missing', message: expect.stringMatching(/^Segment 2 is gone.*from seq 4/) }
    ])
    await stage.store.close()
    expect(kindsOf(await opened(directory))).toEqual([])
  })

  test('a segment without its index is read, and gets one', async () => {
    const directory = await closed(3)
    const [name] = readdirSync(directory).filter((one) => one.endsWith('.index'))
    rmSync(join(directory, name!))
    const stage = await opened(directory)
    expect(await seqsOf(stage.store)).toEqual([1, 2, 3])
    expect(stage.events).toEqual([])
    await stage.store.close()
    expect(existsSync(join(directory, name!))).toBe(true)
  })

  test('what is not the store’s is told and left alone', async () => {
    const directory = await closed(1)
    const foreign = ['notes.txt', '0000000009-0001.log']
    for (const name of foreign) writeFileSync(join(directory, name), 'mine '.repeat(100))
    mkdirSync(join(directory, 'folder'))
    const stage = await opened(directory)
    expect(kindsOf(stage)).toEqual(['foreign_file', 'foreign_file', 'foreign_file'])
    expect(stage.events.map(({ file }) => file).toSorted()).toEqual(
      [...foreign, 'folder'].toSorted()
    )
    await stage.store.append(sampleEntry(2))
    for (const name of foreign) {
      expect(readFileSync(join(directory, name), 'utf8')).toMatch(/^mine /)
    }
  })

  test('a segment of another store is left alone', async () => {
    const [directory, other] = [await closed(2), await closed(3)]
    const target = join(directory, '0000000007-0001.log')
    copyFileSync(join(other, logsIn(other)[0]!), target)
    const stage = await opened(directory)
    expect(await seqsOf(stage.store)).toEqual([1, 2])
    expect(kindsOf(stage)).toEqual(['foreign_file'])
    expect(existsSync(target)).toBe(true)
  })

  test('a copy of a segment under another number is not delivered twice', async () => {
    const directory = await closed(2)
    copyFileSync(join(directory, logsIn(directory)[0]!), join(directory, '0000000007-0001.log'))
    const stage = await opened(directory)
    expect(await seqsOf(stage.store)).toEqual([1, 2])
    expect(kindsOf(stage)).toEqual(['foreign_file'])
    expect((await stage.store.append(sampleEntry(3))).seq).toBe(3)
  })

  test.each(['0000000001-0001.log', 'store.json'])(
    'another format of %s is refused with a sentence, and nothing is changed',
    async (name) => {
      const directory = await closed(2)
      rewriteVersion(directory, name)
      const before = snapshotOf(directory)
      await expect(opened(directory)).rejects.toMatchObject({
        code: 'BUFFER_FORMAT',
        message: expect.stringMatching(/has format 2, of a newer version of Switchyard/)
      })
      expect(snapshotOf(directory)).toEqual(before)
    }
  )

  test('without its manifest a store is what its segments say', async () => {
    const directory = await closed(3)
    for (const damage of ['missing', 'damaged']) {
      const file = join(directory, 'store.json')
      if (damage === 'missing') rmSync(file)
      else writeFileSync(file, '{"checksum":1,"content":"{}"}')
      const stage = await opened(directory)
      expect(await seqsOf(stage.store)).toEqual([1, 2, 3])
      expect(stage.events).toMatchObject([{ kind: 'rebuilt', file: 'store.json' }])
      await stage.store.close()
    }
  })

  test('without its key the ids that were given are unknown, and the entries stay', async () => {
    const directory = join(folder(), 'buffer')
    const first = await opened(directory)
    const { id } = await first.store.append(sampleEntry(1))
    await first.store.close()
    writeFileSync(join(directory, 'id.key'), 'no key\n')
    const stage = await opened(directory)
    expect(await stage.store.find(id)).toBeNull()
    await expectWhole(stage.store, [1])
    expect(stage.events).toMatchObject([{ kind: 'rebuilt', file: 'id.key' }])
  })

  test('damaged outcomes bring at most the entries back that they were about', async () => {
    const directory = join(folder(), 'buffer')
    const { store } = await opened(directory)
    await fill(store, 5)
    for (const seq of [1, 2, 3]) store.settle(seq, { kind: 'delivered', status: 200 })
    await store.close()
    const [name] = readdirSync(directory).filter((one) => one.endsWith('.outcomes'))
    flipIn(directory, name!, 96 + 80 + 20)
    const stage = await opened(directory)
    expect(await seqsOf(stage.store)).toEqual([2, 4, 5])
    expect(stage.events).toMatchObject([{ kind: 'rebuilt', file: name }])
  })
})

test('what cannot be a directory is refused with a sentence', async () => {
  const file = join(folder(), 'file')
  writeFileSync(file, '')
  await expect(opened(join(file, 'buffer'))).rejects.toMatchObject({ code: 'BUFFER_UNUSABLE' })
})

test('a read-only directory is refused with a sentence, and is not locked', async () => {
  let isReadOnly = true
  const disk = new FaultyDisk(({ operation }) =>
    isReadOnly && operation === 'open' ? { kind: 'error', code: 'EROFS' } : null
  )
  await expect(openStore(disk)).rejects.toMatchObject({
    code: 'BUFFER_UNUSABLE',
    message: expect.stringMatching(/^The buffer \/store cannot be used: EROFS/)
  })
  isReadOnly = false
  const { store } = await openStore(disk)
  await store.close()
})

test('a clock that jumps back changes no order', async () => {
  const directory = join(folder(), 'buffer')
  const later = await opened(directory, new ManualClock({ wallMs: 2_000_000_000_000 }))
  await later.store.append(sampleEntry(1, { receivedAtMs: 2_000_000_000_000 }))
  await later.store.close()
  const earlier = await opened(directory, new ManualClock({ wallMs: 1_000_000_000_000 }))
  await earlier.store.append(sampleEntry(2, { receivedAtMs: 1_000_000_000_000 }))
  expect(await seqsOf(earlier.store)).toEqual([1, 2])
  earlier.store.settle(1, { kind: 'delivered', status: 200 })
  expect(await seqsOf(earlier.store)).toEqual([2])
})

test('files are for this user alone', async () => {
  const directory = await closed(2)
  expect(statSync(directory).mode & 0o777).toBe(0o700)
  for (const name of readdirSync(directory)) {
    expect(statSync(join(directory, name)).mode & 0o777, name).toBe(0o600)
  }
})

/** As a version that is not built yet would write it: with the right checksum. */
function rewriteVersion(directory: string, name: string): void {
  const file = join(directory, name)
  if (name === 'store.json') {
    const { content } = JSON.parse(readFileSync(file, 'utf8')) as { content: string }
    const newer = content.replace('"format":1', '"format":2')
    writeFileSync(file, JSON.stringify({ checksum: crc32(newer), content: newer }))
    return
  }
  const octets = readFileSync(file)
  octets.writeUInt32LE(2, 8)
  octets.writeUInt32LE(crc32(octets.subarray(16, 96), crc32(octets.subarray(0, 12))), 12)
  writeFileSync(file, octets)
}

function snapshotOf(directory: string): ReadonlyMap<string, string> {
  const names = readdirSync(directory).toSorted()
  return new Map(names.map((name) => [name, readFileSync(join(directory, name), 'hex')]))
}
