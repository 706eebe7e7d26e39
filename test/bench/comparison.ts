/** Every load on every proxy, in interleaved rounds. */
import { cellKey, type Cell } from './loads.ts'
import type { ProxyName, ProxyUnderTest, RunningProxy } from './proxy-under-test.ts'
import { summarise, type Sample, type Summary } from './sample.ts'
import { orderOfRound } from './statistics.ts'
import type { Workbench } from './workbench.ts'

const BACKENDS = 2
const WARM_UP_SECONDS = 1
/** Of one measurement, beside its load. */
const OVERHEAD_SECONDS = 0.2
const START_SECONDS = 3.5

export interface Comparison {
  readonly cells: readonly Cell[]
  readonly proxies: readonly ProxyUnderTest[]
  /** undefined where the proxy is not measured with this load. */
  summary(cell: Cell, proxy: ProxyName): Summary | undefined
}

interface Series {
  readonly samples: Map<string, Sample[]>
}

/**
 * All proxies run during a round, and all but the one under load are idle: so the same
 * cell of two proxies is measured seconds apart, and a drift of the machine hits both.
 */
export async function compare(
  bench: Workbench,
  cells: readonly Cell[],
  proxies: readonly ProxyUnderTest[]
): Promise<Comparison> {
  const series: Series = { samples: new Map() }
  const backendPorts = await bench.backendPorts(BACKENDS)
  const rounds = Math.max(...cells.map((cell) => cell.rounds))
  for (let round = 0; round < rounds; round++) {
    const cellsNow = cells.filter((cell) => cell.rounds > round)
    if (round > 0 && bench.budget.remainingSeconds < roundSeconds(cellsNow, proxies)) {
      bench.say(`no time for round ${round + 1} of ${rounds}`)
      break
    }
    bench.say(`round ${round + 1} of ${rounds}`)
    const needed = proxies.filter((proxy) => cellsNow.some((cell) => isMeasuredWith(proxy, cell)))
    const order = orderOfRound(needed, round)
    const running = await bench.startAll(order, { backendPorts })
    for (const cell of cellsNow) await measureCell(bench, cell, running, series)
    await bench.stop(...running.values())
  }
  return {
    cells,
    proxies,
    summary(cell, proxy) {
      const samples = series.samples.get(seriesKey(cell, proxy))
      return samples && summarise(samples)
    }
  }
}

/** What a round takes when nothing is repeated. */
function roundSeconds(cells: readonly Cell[], proxies: readonly ProxyUnderTest[]): number {
  const measuring = cells.map((cell) => {
    const measured = proxies.filter((proxy) => isMeasuredWith(proxy, cell)).length
    return measured * (cell.seconds + WARM_UP_SECONDS + OVERHEAD_SECONDS)
  })
  return measuring.reduce((sum, each) => sum + each, proxies.length * START_SECONDS)
}

async function measureCell(
  bench: Workbench,
  cell: Cell,
  running: ReadonlyMap<ProxyUnderTest, RunningProxy>,
  series: Series
): Promise<void> {
  for (const [proxy, instance] of running) {
    if (!isMeasuredWith(proxy, cell)) continue
    const sample = await bench.measure({
      proxy: instance,
      load: cell.load,
      connections: cell.connections,
      seconds: cell.seconds,
      warmUpSeconds: WARM_UP_SECONDS
    })
    const key = seriesKey(cell, proxy.name)
    series.samples.set(key, [...(series.samples.get(key) ?? []), sample])
    bench.say(`  ${cellKey(cell)} ${proxy.name}: ${describe(sample)}`)
  }
}

function isMeasuredWith(proxy: ProxyUnderTest, cell: Cell): boolean {
  return proxy.onlyLoads.length === 0 || proxy.onlyLoads.includes(cell.load.name)
}

function seriesKey(cell: Cell, proxy: ProxyName): string {
  return `${cellKey(cell)} ${proxy}`
}

export function describe(sample: Sample): string {
  const cpu = (sample.userUs + sample.systemUs).toFixed(1)
  const problems = [
    sample.errors > 0 ? `, ${sample.errors} errors` : '',
    sample.disturbance === '' ? '' : `, disturbed: ${sample.disturbance}`
  ]
  return `${Math.round(sample.requestsPerSecond)}/s, ${cpu} µs, p99 ${sample.p99Ms.toFixed(2)} ms${problems.join('')}`
}
