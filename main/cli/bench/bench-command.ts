/** `switchyard bench`: what this machine does with this build, in a few seconds. */
import { availableParallelism, cpus } from 'node:os'
import {
  formatDuration,
  formatSize,
  parseDuration,
  parseSize
} from '../../../proxy-core/model/units.ts'
import { UsageError, valueOf, type Command, type CommandInput } from '../command.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { productVersion } from '../product-version.ts'
import type { Terminal } from '../terminal.ts'
import { measure, type BenchPlan, type LoadFigures } from './measurement.ts'

const DEFAULTS = { duration: '5s', connections: '64', size: '1KiB' } as const
const MIN_DURATION_MS = 300
const MAX_DURATION_MS = 10 * 60 * 1000
const MAX_CONNECTIONS = 10_000
const MAX_BODY_BYTES = 16 * 1024 * 1024

export const benchCommand: Command = {
  name: 'bench',
  summary: 'Measure how fast this machine balances',
  operands: [],
  options: [
    {
      name: 'duration',
      value: '<time>',
      effect: `Time of the three loads together [${DEFAULTS.duration}]`
    },
    {
      name: 'connections',
      value: '<n>',
      effect: `Clients that ask one request after the other [${DEFAULTS.connections}]`
    },
    { name: 'size', value: '<bytes>', effect: `Size of each response body [${DEFAULTS.size}]` },
    { name: 'json', effect: 'Print one JSON object instead of a table' }
  ],
  notes: `
A private engine with two backends is started on free loopback ports; nothing else on this
machine is touched. Three loads follow one another:
  direct  the load straight to a backend, without Switchyard: the ceiling of this method
  plain   through a route without extras
  full    with health checks, least_conn, forwarded fields, request ids, rewrite, timeouts
          and a JSON access log
Load, backends and engine share the processors, so requests per second say less than the
CPU time per request.

Exit codes:
  0   measured
  1   measured, and some requests failed
  3   the processes could not be started
  64  the command line is wrong`,
  run: bench
}

async function bench(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const plan = planOf(input)
  const figures = await uninterrupted((signal) => measure(plan, signal))
  if (!figures) {
    terminal.err('switchyard: Interrupted; nothing was measured to its end.\n')
    return EXIT.incomplete
  }
  if (input.options.has('json')) terminal.out(`${JSON.stringify(report(plan, figures), null, 2)}\n`)
  else terminal.out(table(plan, figures))
  const hasFailures = figures.some(({ errors, requests }) => errors > 0 || requests === 0)
  return hasFailures ? EXIT.incomplete : EXIT.done
}

/** null when a signal asked for the end: what the measurement started is stopped then. */
async function uninterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
  const abortion = new AbortController()
  const abort = (): void => abortion.abort()
  process.on('SIGINT', abort)
  process.on('SIGTERM', abort)
  try {
    return await work(abortion.signal)
  } catch (error) {
    if (abortion.signal.aborted) return null
    throw error
  } finally {
    process.off('SIGINT', abort)
    process.off('SIGTERM', abort)
  }
}

function planOf(input: CommandInput): BenchPlan {
  return {
    durationMs: within(
      '--duration',
      parseDuration(valueOf(input, 'duration') ?? DEFAULTS.duration),
      [MIN_DURATION_MS, MAX_DURATION_MS],
      formatDuration
    ),
    connections: within(
      '--connections',
      wholeNumber(valueOf(input, 'connections') ?? DEFAULTS.connections),
      [1, MAX_CONNECTIONS],
      String
    ),
    bodyBytes: within(
      '--size',
      parseSize(valueOf(input, 'size') ?? DEFAULTS.size),
      [0, MAX_BODY_BYTES],
      formatSize
    )
  }
}

function wholeNumber(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined
}

function within(
  option: string,
  value: number | undefined,
  [min, max]: readonly [number, number],
  format: (value: number) => string
): number {
  if (value !== undefined && value >= min && value <= max) return value
  throw new UsageError(`The option ${option} takes ${format(min)} to ${format(max)}.`)
}

interface Machine {
  readonly version: string
  readonly node: string
  readonly processor: string
  readonly cores: number
}

function machine(): Machine {
  return {
    version: productVersion(),
    node: process.versions.node,
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism()
  }
}

function report(plan: BenchPlan, loads: readonly LoadFigures[]): unknown {
  return { ...machine(), plan, loads }
}

const HEADINGS = ['', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs/request', 'engine MB', 'errors']

function table(plan: BenchPlan, loads: readonly LoadFigures[]): string {
  const { version, node, processor, cores } = machine()
  const rows = [HEADINGS, ...loads.map(rowOf)]
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return [
    `Switchyard ${version}, Node ${node}, ${cores} × ${processor}`,
    `${plan.connections} connections, bodies of ${formatSize(plan.bodyBytes)}, ` +
      `${formatDuration(plan.durationMs)}`,
    '',
    ...rows.map((row) => aligned(row, widths)),
    ''
  ].join('\n')
}

function rowOf(load: LoadFigures): string[] {
  return [
    load.name,
    load.requestsPerSecond.toFixed(0),
    load.p50Ms.toFixed(2),
    load.p99Ms.toFixed(2),
    load.cpuMicrosPerRequest?.toFixed(1) ?? '-',
    load.engineBytes === null ? '-' : (load.engineBytes / 1e6).toFixed(0),
    String(load.errors)
  ]
}

function aligned(row: readonly string[], widths: readonly number[]): string {
  const [first = '', ...rest] = row
  const cells = rest.map((cell, index) => cell.padStart(widths[index + 1]!))
  return [first.padEnd(widths[0]!), ...cells].join('  ').trimEnd()
}
