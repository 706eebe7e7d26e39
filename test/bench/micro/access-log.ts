/**
 * What one access log line costs the event loop: formatting, batching and handing over.
 * The destination takes every batch at once: how fast a disk is decides what is dropped,
 * not what a request waits for. Target: under 1 µs per line.
 *
 *   node test/bench/micro/access-log.ts
 */
import { AccessLog } from '../../../proxy-core/access-log/access-log.ts'
import type { AccessRecord } from '../../../proxy-core/access-log/access-record.ts'
import type { LogDestination } from '../../../proxy-core/access-log/log-destination.ts'
import { systemClock } from '../../../proxy-core/time/clock.ts'

const LINES = 100_000
const LINES_PER_TURN = 100
const ROUNDS = 15
const TARGET_NS = 1000

const INSTANT: LogDestination = {
  name: 'nowhere',
  open: () => 0,
  write: (_, bytes, offset, done) => void setImmediate(done, null, bytes.length - offset),
  close: () => {}
}

const FIELDS: Readonly<Record<string, string>> = {
  host: 'shop.example.test',
  referer: 'https://shop.example.test/categories/garden?page=2',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
}

function record(index: number): AccessRecord {
  return {
    listener: 'web',
    route: 'routes[0]',
    pool: 'api',
    backend: '10.0.0.1:80',
    clientAddress: `192.0.2.${index % 256}`,
    startedAtMs: 1_770_000_000_000 + index * 37,
    durationMs: 0.731 + (index % 100) / 7,
    responseHeadMs: 0.512 + (index % 100) / 9,
    method: 'GET',
    target: `/api/items/${index}?fields=name,price`,
    protocolVersion: '1.1',
    status: 200,
    requestBytes: 0,
    responseBytes: 10_240 + index,
    attempts: 1,
    requestId: `01J${index.toString(36).padStart(23, '0')}`,
    termination: '',
    requestField: (name) => FIELDS[name]
  }
}

/** Yields now and then, as traffic does, so that batches are handed over as they fill. */
async function nanosecondsPerLine(
  log: AccessLog,
  records: readonly AccessRecord[]
): Promise<number> {
  const rounds: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now()
    for (let line = 0; line < LINES; line++) {
      log.log(records[line % records.length]!)
      if (line % LINES_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    rounds.push(((performance.now() - started) * 1e6) / LINES)
  }
  return rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)]!
}

async function run(format: 'combined' | 'json', records: readonly AccessRecord[]): Promise<void> {
  const log = new AccessLog(
    { format, file: null },
    { clock: systemClock, emit: (event) => console.error(event), destination: INSTANT }
  )
  const cost = await nanosecondsPerLine(log, records)
  await log.close()
  const verdict = cost < TARGET_NS ? 'within' : 'OVER'
  console.log(
    `${format.padEnd(8)} ${cost.toFixed(0).padStart(5)} ns per line, ${verdict} the target of ${TARGET_NS} ns`
  )
  if (cost >= TARGET_NS) process.exitCode = 1
}

const records = Array.from({ length: 5000 }, (_, index) => record(index))
await run('combined', records)
await run('json', records)
