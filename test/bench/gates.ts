/** The limits that Switchyard must keep, and the goals beyond them. */
import type { Comparison } from './comparison.ts'
import type { IdleResult } from './idle-connections.ts'
import { GATED_CONNECTIONS, type LoadName } from './loads.ts'
import type { ProxyName } from './proxy-under-test.ts'
import type { Summary } from './sample.ts'
import type { ScalingPoint } from './scaling.ts'

/** Parts that were not measured in this run are null. */
export interface Findings {
  readonly comparison: Comparison | null
  readonly backends: readonly ScalingPoint[] | null
  readonly routes: readonly ScalingPoint[] | null
  readonly idle: readonly IdleResult[] | null
}

interface GateDefinition {
  readonly title: string
  readonly unit: '×' | 'KB' | 'requests'
  /** What must hold of the measured value; "at most" unless said otherwise. */
  readonly limit: number
  readonly goal: number | null
  readonly isAtLeast?: true
  /** null when it was not measured. */
  readonly measured: (findings: Findings) => Figure | null
}

interface Figure {
  readonly value: number
  /** It rests on measurements that something else disturbed, every time. */
  readonly isDisturbed: boolean
}

export interface GateResult {
  readonly title: string
  /** "at most 1.15 ×" */
  readonly limit: string
  readonly goal: string
  readonly measured: string
  readonly verdict: 'PASS' | 'FAIL' | 'SKIP'
  readonly isGoalMet: boolean | null
  readonly isDisturbed: boolean
}

const GATES: readonly GateDefinition[] = [
  {
    title: "CPU per tiny GET, plain, against HAProxy's",
    unit: '×',
    limit: 1.15,
    goal: 1.0,
    measured: cellRatio('tiny', 'switchyard', 'haproxy', (cell) => cell.cpuUs)
  },
  {
    title: "CPU per tiny GET with health checks, metrics and access log, against HAProxy's",
    unit: '×',
    limit: 1.3,
    goal: null,
    measured: cellRatio('tiny', 'switchyard full', 'haproxy', (cell) => cell.cpuUs)
  },
  {
    title: "CPU per tiny GET, plain, against http-proxy's",
    unit: '×',
    limit: 1 / 5,
    goal: 1 / 6,
    measured: cellRatio('tiny', 'switchyard', 'http-proxy', (cell) => cell.cpuUs)
  },
  {
    title: "p99 of tiny GET, plain, against nginx's",
    unit: '×',
    limit: 1.5,
    goal: null,
    measured: cellRatio('tiny', 'switchyard', 'nginx', (cell) => cell.p99Ms)
  },
  {
    title: "Requests per second with a connection each, against HAProxy's",
    unit: '×',
    limit: 0.6,
    goal: 0.85,
    isAtLeast: true,
    measured: cellRatio('close', 'switchyard', 'haproxy', (cell) => cell.requestsPerSecond)
  },
  {
    title: 'CPU per request with 1000 backends, against 2',
    unit: '×',
    limit: 1.3,
    goal: 1.2,
    measured: (findings) => growth(findings.backends)
  },
  {
    title: 'CPU per request with 10 000 routes, against 10',
    unit: '×',
    limit: 1.15,
    goal: null,
    measured: (findings) => growth(findings.routes)
  },
  {
    title: 'Memory of an idle keep-alive connection',
    unit: 'KB',
    limit: 6,
    goal: null,
    measured: idleKilobytes
  },
  {
    title: 'Failed requests through Switchyard, in all measurements',
    unit: 'requests',
    limit: 0,
    goal: null,
    measured: failedRequests
  }
]

export function judge(findings: Findings): readonly GateResult[] {
  return GATES.map((gate) => judgeOne(gate, gate.measured(findings)))
}

function judgeOne(gate: GateDefinition, figure: Figure | null): GateResult {
  const bound = gate.isAtLeast ? 'at least' : 'at most'
  const common = {
    title: gate.title,
    limit: `${bound} ${text(gate.limit, gate.unit)}`,
    goal: gate.goal === null ? '' : text(gate.goal, gate.unit)
  }
  if (figure === null) {
    const nothing = { measured: 'not measured', isGoalMet: null, isDisturbed: false } as const
    return { ...common, ...nothing, verdict: 'SKIP' }
  }
  const { value, isDisturbed } = figure
  return {
    ...common,
    measured: text(value, gate.unit),
    verdict: holds(gate, value, gate.limit) ? 'PASS' : 'FAIL',
    isGoalMet: gate.goal === null ? null : holds(gate, value, gate.goal),
    isDisturbed
  }
}

/** NaN fails. */
function holds(gate: GateDefinition, value: number, bound: number): boolean {
  return gate.isAtLeast ? value >= bound : value <= bound
}

function text(value: number, unit: string): string {
  if (unit === 'requests') return `${value} ${unit}`
  return `${value.toFixed(value < 0.3 ? 3 : 2)} ${unit}`
}

function cellRatio(
  load: LoadName,
  ours: ProxyName,
  theirs: ProxyName,
  value: (summary: Summary) => number
): (findings: Findings) => Figure | null {
  return ({ comparison }) => {
    const cell = comparison?.cells.find(
      (each) => each.load.name === load && each.connections === GATED_CONNECTIONS
    )
    if (!comparison || !cell) return null
    const our = comparison.summary(cell, ours)
    const their = comparison.summary(cell, theirs)
    return our && their ? ratioOf(our, their, value) : null
  }
}

function ratioOf(our: Summary, their: Summary, value: (summary: Summary) => number): Figure {
  return {
    value: value(our) / value(their),
    isDisturbed: [our, their].some((each) => each.disturbedRounds === each.rounds)
  }
}

/** CPU per request of Switchyard at the largest size against the smallest. */
function growth(points: readonly ScalingPoint[] | null): Figure | null {
  const own = points?.filter((point) => point.proxy === 'switchyard') ?? []
  const [first, last] = [own.at(0), own.at(-1)]
  if (!first || !last || first === last) return null
  return ratioOf(last.summary, first.summary, (summary) => summary.cpuUs)
}

/** Memory does not depend on who else uses the machine. */
function idleKilobytes({ idle }: Findings): Figure | null {
  const own = idle?.find((result) => result.proxy === 'switchyard')
  return own ? { value: own.bytesPerConnection / 1024, isDisturbed: false } : null
}

function failedRequests({ comparison, backends, routes, idle }: Findings): Figure | null {
  const compared = (comparison?.cells ?? []).flatMap((cell) => [
    comparison?.summary(cell, 'switchyard'),
    comparison?.summary(cell, 'switchyard full')
  ])
  const scaled = [...(backends ?? []), ...(routes ?? [])]
    .filter((point) => point.proxy === 'switchyard')
    .map((point) => point.summary)
  const beside = (idle ?? [])
    .filter((result) => result.proxy === 'switchyard')
    .flatMap((result) => [result.busyBefore, result.busyDuring])
  const all = [...compared, ...scaled, ...beside].filter((each) => each !== undefined)
  if (all.length === 0) return null
  return { value: all.reduce((sum, { errors }) => sum + errors, 0), isDisturbed: false }
}

export function gateLine(gate: GateResult): string {
  const goal = gate.goal === '' ? '' : `, goal ${gate.goal}${gate.isGoalMet ? ' (met)' : ''}`
  const doubt = gate.isDisturbed ? '; disturbed in every round, measure again' : ''
  return `${gate.verdict}  ${gate.title}: ${gate.measured} (${gate.limit}${goal})${doubt}`
}
