/**
 * How many requests a store route acknowledges, beside what its disk could do at most.
 *
 *   npm run bench:buffer -- [--seconds 3] [--fill 10] [--directory DIR]
 *
 * For bodies of 1 KB and 100 KB and 1, 64 and 256 connections: acknowledged requests per second and
 * their p99; then a loop appends and fdatasyncs the same octets in as many groups. Gates: at least
 * half of that loop's rate; after `--fill` GB the same as before; and less than 100 MB more memory
 * than the same engine under the same load without a buffer.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ChildServer } from '../../servers/child-server.ts'
import { configuration } from '../../servers/configuration.ts'
import { freePort } from '../../servers/free-ports.ts'
import { livingProcessStat } from '../process-figures.ts'
import { diskLoop } from './disk-loop.ts'
import { postLoad } from './post-load.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    fill: { type: 'string', default: '0' },
    directory: { type: 'string', default: tmpdir() }
  }
})

const DURATION_MS = Number(values.seconds) * 1000
const FILL_BYTES = Number(values.fill) * 1e9
const ROUNDS = 3
/** A round ends here too, so that it needs no more disk than this. */
const ROUND_BYTES = 400e6
const MIN_RATIO = 0.5
const MIN_FLATNESS = 0.7
const MAX_GROWTH_BYTES = 100e6
const PROCESS = fileURLToPath(new URL('../../crash/storing-process.ts', import.meta.url))

interface Case {
  readonly bodyBytes: number
  readonly connections: number
}

const CASES: readonly Case[] = [1000, 100_000].flatMap((bodyBytes) =>
  [1, 64, 256].map((connections) => ({ bodyBytes, connections }))
)

interface Engine {
  readonly port: number
  readonly adminPort: number
  readonly child: ChildServer
}

const folder = mkdtempSync(join(values.directory, 'switchyard-bench-buffer-'))
let failures = 0

async function start(isStoring: boolean): Promise<Engine> {
  const [port, adminPort] = [await freePort(), await freePort()]
  const file = join(folder, `${isStoring ? 'storing' : 'plain'}.yaml`)
  const buffer = { mode: 'store', key: 'header:x-case-id', body_limit: '1MB' }
  const text = configuration({
    admin: { address: `127.0.0.1:${adminPort}`, metrics: 'open' },
    listener: { address: `127.0.0.1:${port}` },
    // Nobody takes them, so that nothing but the intake is measured.
    backends: [],
    route: isStoring ? { buffer } : {},
    ...(isStoring && { top: { buffer: { directory: join(folder, 'buffer'), max_size: '1TB' } } })
  })
  writeFileSync(file, text)
  const child = await ChildServer.start(process.execPath, [PROCESS, file], {
    readyWhen: /^ready$/m
  })
  return { port, adminPort, child }
}

async function metric({ adminPort }: Engine, name: string): Promise<number> {
  const page = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(page)?.[1] ?? Number.NaN)
}

/** Requests per second, the median of the rounds. */
async function measure(engine: Engine, one: Case): Promise<number> {
  const rates: number[] = []
  const ratios: number[] = []
  const tails: number[] = []
  const { bodyBytes, connections } = one
  for (let round = 0; round < ROUNDS; round++) {
    const before = await written(engine)
    const result = await postLoad({
      ...{ port: engine.port, connections, bodyBytes, durationMs: DURATION_MS },
      maxRequests: ROUND_BYTES / bodyBytes
    })
    const after = await written(engine)
    if (result.failed > 0) fail(`${result.failed} requests were not acknowledged`)
    const groups = { count: after.syncs - before.syncs, bytes: after.bytes - before.bytes }
    const groupsPerSecond = await diskLoop(join(folder, 'loop'), groups)
    const rate = result.acknowledged / result.seconds
    rates.push(rate)
    ratios.push(rate / ((groupsPerSecond * result.acknowledged) / groups.count))
    tails.push(result.p99Ms)
  }
  const ratio = median(ratios)
  console.log(
    `${String(bodyBytes / 1000).padStart(4)} KB × ${String(connections).padStart(3)}: ` +
      `${median(rates).toFixed(0).padStart(6)} per second, p99 ${median(tails).toFixed(1).padStart(6)} ms, ` +
      `${ratio.toFixed(2)} of the disk's own rate`
  )
  if (ratio < MIN_RATIO) fail(`under ${MIN_RATIO} of the disk's own rate`)
  return median(rates)
}

async function written(
  engine: Engine
): Promise<{ readonly syncs: number; readonly bytes: number }> {
  return {
    syncs: await metric(engine, 'switchyard_buffer_syncs_total'),
    bytes: await metric(engine, 'switchyard_buffer_appended_bytes_total')
  }
}

async function measureAll(engine: Engine): Promise<readonly number[]> {
  const rates: number[] = []
  for (const one of CASES) rates.push(await measure(engine, one))
  return rates
}

async function fill(engine: Engine): Promise<void> {
  const left = async (): Promise<number> =>
    FILL_BYTES - (await metric(engine, 'switchyard_buffer_disk_bytes'))
  for (let bytes = await left(); bytes > 0; bytes = await left()) {
    await postLoad({
      ...{ port: engine.port, connections: 256, bodyBytes: 1000, durationMs: 60_000 },
      maxRequests: Math.ceil(Math.min(bytes, ROUND_BYTES) / 1000)
    })
  }
  const pending = await metric(engine, 'switchyard_buffer_pending')
  console.log(`filled: ${pending} requests wait`)
}

/** Resident memory of the same engine under the same load, without a buffer. */
async function memoryWithoutBuffer(): Promise<number> {
  const engine = await start(false)
  for (const { bodyBytes, connections } of CASES) {
    const limits = { durationMs: DURATION_MS, maxRequests: Infinity }
    await postLoad({ port: engine.port, connections, bodyBytes, ...limits })
  }
  const bytes = livingProcessStat(engine.child.pid).rssBytes
  await engine.child.stop('SIGKILL')
  return bytes
}

function compareMemory(engine: Engine, plainBytes: number, when: string): void {
  const growth = livingProcessStat(engine.child.pid).rssBytes - plainBytes
  console.log(`memory ${when}: ${(growth / 1e6).toFixed(0)} MB more than without a buffer`)
  if (growth > MAX_GROWTH_BYTES) fail(`more than ${MAX_GROWTH_BYTES / 1e6} MB`)
}

function fail(what: string): void {
  failures++
  console.log(`  FAIL: ${what}`)
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!
}

try {
  const plainBytes = await memoryWithoutBuffer()
  const engine = await start(true)
  const empty = await measureAll(engine)
  compareMemory(engine, plainBytes, 'after the load')
  if (FILL_BYTES > 0) {
    await fill(engine)
    const full = await measureAll(engine)
    compareMemory(engine, plainBytes, `with ${values.fill} GB`)
    const flattest = Math.min(...full.map((rate, at) => rate / empty[at]!))
    console.log(`the slowest case is at ${flattest.toFixed(2)} of its rate when empty`)
    if (flattest < MIN_FLATNESS) fail(`under ${MIN_FLATNESS}`)
  }
  await engine.child.stop('SIGKILL')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(failures === 0 ? 'PASS' : `FAIL: ${failures} gates`)
process.exitCode = failures === 0 ? 0 : 1
