/** The results as Markdown tables. */
import type { Comparison } from './comparison.ts'
import type { Environment } from './environment.ts'
import type { Findings, GateResult } from './gates.ts'
import type { IdleResult } from './idle-connections.ts'
import { LOADS, type Cell } from './loads.ts'
import type { ProxyUnderTest } from './proxy-under-test.ts'
import type { Sample, Summary } from './sample.ts'
import type { ScalingPoint } from './scaling.ts'

const MB = 1024 * 1024

export interface RunNotes {
  readonly repeats: number
  readonly minutes: number
}

export function resultsMarkdown(
  environment: Environment,
  findings: Findings,
  gates: readonly GateResult[],
  notes: RunNotes
): string {
  const { comparison, backends, routes, idle } = findings
  return [
    environmentText(environment, notes),
    '### Gates',
    gateTable(gates),
    ...(comparison ? loadSections(comparison) : []),
    ...(backends ? ['### Backends, 2 to 1000', scalingTable(backends, 'backends')] : []),
    ...(routes ? ['### Routes, 10 to 10 000', scalingTable(routes, 'routes')] : []),
    ...(idle ? ['### Idle keep-alive connections', idleTable(idle)] : []),
    ...(comparison ? ['### Configurations', configurationList(comparison.proxies)] : [])
  ].join('\n\n')
}

function environmentText(environment: Environment, notes: RunNotes): string {
  return [
    `Measured on ${environment.date} in ${Math.round(notes.minutes)} minutes: ${environment.machine}.`,
    `${environment.software.join(', ')}.`,
    notes.repeats === 0
      ? 'No measurement was disturbed.'
      : `Disturbed measurements that were repeated: ${notes.repeats}.`
  ].join('\n')
}

function gateTable(gates: readonly GateResult[]): string {
  return table(
    ['gate', 'measured', 'limit', 'goal', 'verdict'],
    gates.map((gate) => [
      gate.title,
      gate.measured,
      gate.limit,
      gate.goal === '' ? '–' : `${gate.goal}${gate.isGoalMet ? ', met' : ''}`,
      gate.isDisturbed ? `${gate.verdict}, disturbed` : gate.verdict
    ])
  )
}

function loadSections(comparison: Comparison): readonly string[] {
  return Object.values(LOADS).flatMap((load) =>
    comparison.cells
      .filter((cell) => cell.load.name === load.name)
      .map(
        (cell) => `### ${load.title}, ${connectionsText(cell)}\n\n${cellTable(comparison, cell)}`
      )
  )
}

function connectionsText(cell: Cell): string {
  return cell.connections === 1 ? '1 connection' : `${cell.connections} connections`
}

const CELL_COLUMNS = [
  'proxy',
  'requests/s',
  '× HAProxy',
  'p50 / p99 ms',
  'CPU µs per request (user + sys)',
  '±',
  '× HAProxy',
  'RSS MB',
  'errors'
]

function cellTable(comparison: Comparison, cell: Cell): string {
  const haproxy = comparison.summary(cell, 'haproxy')
  const rows = comparison.proxies.flatMap((proxy) => {
    const summary = comparison.summary(cell, proxy.name)
    return summary ? [cellRow(proxy, summary, haproxy)] : []
  })
  return table(CELL_COLUMNS, rows)
}

function cellRow(
  proxy: ProxyUnderTest,
  summary: Summary,
  haproxy: Summary | undefined
): readonly string[] {
  return [
    proxy.name + disturbedMark(summary),
    Math.round(summary.requestsPerSecond).toLocaleString('en-GB'),
    ratio(summary.requestsPerSecond, haproxy?.requestsPerSecond),
    `${milliseconds(summary.p50Ms)} / ${milliseconds(summary.p99Ms)}`,
    `${cpuText(summary)}${companionText(summary)}`,
    `${Math.round(summary.cpuSpread * 100)} %`,
    ratio(summary.cpuUs, haproxy?.cpuUs),
    String(Math.round(summary.rssBytes / MB)),
    String(summary.errors)
  ]
}

function disturbedMark(summary: Summary): string {
  return summary.disturbedRounds === 0
    ? ''
    : ` (${summary.disturbedRounds} of ${summary.rounds} rounds disturbed)`
}

function cpuText(summary: Summary): string {
  return `${summary.cpuUs.toFixed(1)} (${summary.userUs.toFixed(1)} + ${summary.systemUs.toFixed(1)})`
}

/** A control plane that costs something beside the data path is not hidden. */
function companionText(summary: Summary): string {
  return summary.companionUs < 0.05 ? '' : `, control plane ${summary.companionUs.toFixed(1)}`
}

function scalingTable(points: readonly ScalingPoint[], what: string): string {
  return table(
    [
      'proxy',
      what,
      'requests/s',
      'p99 ms',
      'CPU µs per request (user + sys)',
      '±',
      '× smallest',
      'RSS MB'
    ],
    [...points]
      .sort((a, b) => a.proxy.localeCompare(b.proxy) || a.size - b.size)
      .map(({ proxy, size, summary }) => {
        const smallest = points.find((point) => point.proxy === proxy)
        return [
          proxy + disturbedMark(summary),
          size.toLocaleString('en-GB'),
          Math.round(summary.requestsPerSecond).toLocaleString('en-GB'),
          milliseconds(summary.p99Ms),
          cpuText(summary),
          `${Math.round(summary.cpuSpread * 100)} %`,
          ratio(summary.cpuUs, smallest?.summary.cpuUs),
          String(Math.round(summary.rssBytes / MB))
        ]
      })
  )
}

function idleTable(results: readonly IdleResult[]): string {
  return table(
    [
      'proxy',
      'idle connections',
      'KB each',
      'busy before: µs, p99 ms',
      'busy beside them: µs, p99 ms'
    ],
    results.map((result) => [
      result.proxy,
      result.connections.toLocaleString('en-GB'),
      (result.bytesPerConnection / 1024).toFixed(1),
      busyText(result.busyBefore),
      busyText(result.busyDuring)
    ])
  )
}

function busyText(sample: Sample): string {
  const mark = sample.disturbance === '' ? '' : ' (disturbed)'
  return `${(sample.userUs + sample.systemUs).toFixed(1)}, ${milliseconds(sample.p99Ms)}${mark}`
}

function configurationList(proxies: readonly ProxyUnderTest[]): string {
  return proxies.map((proxy) => `* **${proxy.name}**: ${proxy.configuration}.`).join('\n')
}

function ratio(value: number, reference: number | undefined): string {
  return reference === undefined ? '–' : (value / reference).toFixed(2)
}

function milliseconds(value: number): string {
  return value < 10 ? value.toFixed(2) : value.toFixed(0)
}

export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n')
}
