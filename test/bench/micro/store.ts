/**
 * What the buffer makes of the disk: acknowledged appends per second and their p99, beside a loop
 * that only appends and fdatasyncs the same octets in the same groups. Target: at least half of
 * that loop's rate, and the same from an empty to a 10 GB buffer with less than 100 MB of memory.
 *
 *   node test/bench/micro/store.ts [--seconds 2] [--fill 10] [--directory DIR]
 *
 * `--fill`: so many GB of 1 KB entries are put in first. The directory is removed afterwards.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Disk } from '../../../proxy-core/store/disk.ts'
import { nodeDisk } from '../../../proxy-core/store/node-disk.ts'
import { RequestLog } from '../../../proxy-core/store/request-log.ts'
import type { NewEntry } from '../../../proxy-core/store/request-store.ts'
import { systemClock } from '../../../proxy-core/time/clock.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '2' },
    fill: { type: 'string', default: '0' },
    directory: { type: 'string', default: tmpdir() }
  }
})

const SECONDS = Number(values.seconds)
const FILL_BYTES = Number(values.fill) * 1e9
/** Short ones in turn, because a disk is not the same from one second to the next. */
const ROUNDS = 9
/** A case ends here too, so that it needs no more disk than this. */
const CASE_BYTES = 1e9
const TARGET_RATIO = 0.5
const TARGET_GROWTH_BYTES = 100e6
const FILLERS = 2000
const HEAD = 'Host: api.example.test\r\nContent-Type: application/json\r\nX-Case-Id: 4711\r\n'

interface Case {
  readonly bodyBytes: number
  readonly appenders: number
}

interface Round {
  readonly perSecond: number
  readonly p99Ms: number
  /** Octets of each write to a segment, in their order. */
  readonly groups: readonly number[]
  readonly appended: number
}

const CASES: readonly Case[] = [1024, 100_000].flatMap((bodyBytes) =>
  [1, 64, 256].map((appenders) => ({ bodyBytes, appenders }))
)

const folder = mkdtempSync(join(values.directory, 'switchyard-bench-store-'))

/** Notes how much each write to a segment was. */
function noting(groups: number[]): Disk {
  return {
    ...nodeDisk,
    async open(path, mode) {
      const file = await nodeDisk.open(path, mode)
      if (!path.endsWith('.log') || mode !== 'create') return file
      return {
        writeAt: (buffers, position) => {
          groups.push(buffers.reduce((sum, { length }) => sum + length, 0))
          return file.writeAt(buffers, position)
        },
        readAt: file.readAt.bind(file),
        dataSync: file.dataSync.bind(file),
        truncate: file.truncate.bind(file),
        size: file.size.bind(file),
        close: file.close.bind(file)
      }
    }
  }
}

function openLog(directory: string, disk: Disk): Promise<RequestLog> {
  return RequestLog.open(
    {
      ...{ directory, maxBytes: 1e12, fsyncIntervalMs: 5, fsyncEveryCount: Infinity },
      ...{ keepStatusMs: 3_600_000, clock: systemClock },
      report: ({ message }) => console.error(message)
    },
    disk
  )
}

function entryOf(body: Buffer, number: number): NewEntry {
  return {
    ...{ route: 'orders', key: `case-${number % 1000}`, method: 'POST', target: '/orders' },
    ...{ head: HEAD, idempotencyKey: `bench-${number}`, body },
    ...{ receivedAtMs: Date.now(), expiresAtMs: Date.now() + 86_400_000 }
  }
}

/** Closed loop: each appender appends again when it is acknowledged. */
async function measureStore(log: RequestLog, groups: number[], one: Case): Promise<Round> {
  const body = Buffer.alloc(one.bodyBytes, 'x')
  const waits: number[] = []
  groups.length = 0
  const started = performance.now()
  const endsMs = started + (SECONDS * 1000) / ROUNDS
  const most = CASE_BYTES / ROUNDS / one.bodyBytes
  const append = async (): Promise<void> => {
    while (performance.now() < endsMs && waits.length < most) {
      const before = performance.now()
      await log.append(entryOf(body, waits.length))
      waits.push(performance.now() - before)
    }
  }
  await Promise.all(Array.from({ length: one.appenders }, append))
  const seconds = (performance.now() - started) / 1000
  const sorted = waits.toSorted((a, b) => a - b)
  return {
    perSecond: waits.length / seconds,
    p99Ms: sorted[Math.floor(sorted.length * 0.99)]!,
    ...{ groups: [...groups], appended: waits.length }
  }
}

/** The same octets in the same groups, and nothing else. Entries per second. */
async function measureLoop(path: string, { groups, appended }: Round): Promise<number> {
  const octets = Buffer.alloc(Math.max(...groups), 'x')
  const file = await open(path, 'wx')
  const started = performance.now()
  let position = 0
  for (const bytes of groups) {
    await file.write(octets, 0, bytes, position)
    await file.datasync()
    position += bytes
  }
  const seconds = (performance.now() - started) / 1000
  await file.close()
  rmSync(path)
  return appended / seconds
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!
}

async function measure(log: RequestLog, groups: number[], one: Case): Promise<void> {
  const rates: number[] = []
  const ratios: number[] = []
  const tails: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const measured = await measureStore(log, groups, one)
    const loop = await measureLoop(join(folder, 'loop'), measured)
    rates.push(measured.perSecond)
    ratios.push(measured.perSecond / loop)
    tails.push(measured.p99Ms)
  }
  const ratio = median(ratios)
  const isMet = ratio >= TARGET_RATIO
  if (!isMet) process.exitCode = 1
  console.log(
    `${(one.bodyBytes / 1000).toFixed(0).padStart(4)} KB × ${String(one.appenders).padStart(3)}: ` +
      `${median(rates).toFixed(0).padStart(7)} per second, p99 ${median(tails).toFixed(1).padStart(6)} ms, ` +
      `${ratio.toFixed(2)} of the loop${isMet ? '' : `, UNDER ${TARGET_RATIO}`}`
  )
}

function memoryBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage().rss
}

async function fill(log: RequestLog): Promise<void> {
  const body = Buffer.alloc(1024, 'y')
  const before = memoryBytes()
  const started = performance.now()
  const append = async (): Promise<void> => {
    while (log.stats().diskBytes < FILL_BYTES) await log.append(entryOf(body, 1))
  }
  await Promise.all(Array.from({ length: FILLERS }, append))
  const seconds = (performance.now() - started) / 1000
  const { pending, segments } = log.stats()
  const growth = memoryBytes() - before
  if (growth > TARGET_GROWTH_BYTES) process.exitCode = 1
  console.log(
    `filled with ${pending} entries in ${segments} segments, ` +
      `${(pending / seconds).toFixed(0)} per second; memory grew by ${(growth / 1e6).toFixed(0)} MB`
  )
}

// The timers of the product keep no process alive.
const alive = setInterval(() => {}, 1000)
try {
  const groups: number[] = []
  const directory = join(folder, 'buffer')
  let log = await openLog(directory, noting(groups))
  for (const one of CASES) await measure(log, groups, one)
  if (FILL_BYTES > 0) {
    await fill(log)
    for (const one of CASES) await measure(log, groups, one)
    await log.close()
    const before = memoryBytes()
    const started = performance.now()
    log = await openLog(directory, nodeDisk)
    const openedMs = performance.now() - started
    console.log(
      `opened again in ${openedMs.toFixed(0)} ms, ${log.stats().pending} entries, ` +
        `memory grew by ${((memoryBytes() - before) / 1e6).toFixed(0)} MB`
    )
  }
  await log.close()
} finally {
  clearInterval(alive)
  rmSync(folder, { recursive: true, force: true })
}
