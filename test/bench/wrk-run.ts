/** One run of wrk on the load core. */
import { join } from 'node:path'
import { LOAD_CORE, PinnedProcess } from './pinned-process.ts'
import type { Load } from './loads.ts'

export interface WrkResult {
  readonly requests: number
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Failed connects, reads, writes, time-outs and answers above 399. */
  readonly errors: number
}

export interface WrkRun {
  readonly load: Load
  readonly port: number
  readonly connections: number
  /** Whole seconds: wrk takes no others. */
  readonly seconds: number
  /** File of "host path" lines that are requested in turn. */
  readonly targetsFile?: string
}

const SCRIPT = join(import.meta.dirname, 'wrk', 'load.lua')
const OVERTIME_MS = 10_000

/** Throws when wrk prints no result, with what it printed instead. */
export async function runWrk(run: WrkRun): Promise<WrkResult> {
  const url = `http://127.0.0.1:${run.port}${run.load.path}`
  const options = [
    '-t1',
    `-c${run.connections}`,
    `-d${run.seconds}s`,
    '--timeout',
    '5s',
    '--latency'
  ]
  const wrk = new PinnedProcess(LOAD_CORE, 'wrk', [...options, '-s', SCRIPT, url], {
    limitMs: run.seconds * 1000 + OVERTIME_MS,
    env: {
      BENCH_METHOD: run.load.method,
      BENCH_BODY_BYTES: String(run.load.requestBodyBytes),
      BENCH_CLOSE: run.load.closesConnection ? '1' : '',
      BENCH_TARGETS: run.targetsFile ?? ''
    }
  })
  await wrk.ended()
  return parseWrkOutput(wrk.output)
}

interface ResultLine {
  readonly requests: number
  readonly durationUs: number
  readonly p50Us: number
  readonly p99Us: number
  readonly errors: Readonly<Record<string, number>>
}

export function parseWrkOutput(output: string): WrkResult {
  const json = /^RESULT (.*)$/m.exec(output)?.[1]
  if (json === undefined) throw new Error(`wrk gave no result:\n${output.trim()}`)
  const line = JSON.parse(json) as ResultLine
  if (line.requests === 0) throw new Error(`wrk got no answer at all:\n${output.trim()}`)
  return {
    requests: line.requests,
    requestsPerSecond: (line.requests / line.durationUs) * 1e6,
    p50Ms: line.p50Us / 1000,
    p99Ms: line.p99Us / 1000,
    errors: Object.values(line.errors).reduce((sum, count) => sum + count, 0)
  }
}
