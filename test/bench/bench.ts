/** `npm run bench`: measures, prints tables and gates, exits with 1 when a gate failed. */
import { parseBenchArguments, USAGE, type BenchArguments } from './bench-arguments.ts'
import { knownNames, planOf, type BenchPlan } from './bench-plan.ts'
import { compare } from './comparison.ts'
import { environmentOf } from './environment.ts'
import { gateLine, judge, type Findings } from './gates.ts'
import { measureIdle, type IdleCandidate, type IdleResult } from './idle-connections.ts'
import { writeResults } from './performance-document.ts'
import { endProcessesAtExit } from './pinned-process.ts'
import type { ProxyUnderTest } from './proxy-under-test.ts'
import { resultsMarkdown } from './report-tables.ts'
import { haproxy } from './rivals/haproxy.ts'
import { nginx } from './rivals/nginx.ts'
import { PROXIES, SCALED_PROXIES } from './rivals/registry.ts'
import { switchyardDirect } from './rivals/switchyard-direct.ts'
import { scaleBackends, scaleRoutes } from './scaling.ts'
import { TimeBudget } from './time-budget.ts'
import { Workbench } from './workbench.ts'

const IDLE_CANDIDATES: readonly IdleCandidate[] = [haproxy, nginx, switchyardDirect]

function argumentsOrUsage(): BenchArguments {
  try {
    return parseBenchArguments(process.argv.slice(2), knownNames(PROXIES))
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
    process.exit(2)
  }
}

async function main(): Promise<number> {
  const wanted = argumentsOrUsage()
  const plan = planOf(wanted, PROXIES)
  const startedMs = performance.now()
  const budget = new TimeBudget(plan.limitSeconds, plan.repeatSeconds, () => performance.now())
  const bench = new Workbench(budget, (line) => console.log(line))
  endProcessesAtExit()
  const findings = await run(plan, bench).finally(() => bench.close())
  const gates = judge(findings)
  const notes = { repeats: budget.repeats, minutes: (performance.now() - startedMs) / 60_000 }
  const report = resultsMarkdown(environmentOf(plan.proxies, new Date()), findings, gates, notes)
  console.log(`\n${report}\n`)
  if (wanted.writesDocument) writeResults(report)
  for (const gate of gates) console.log(gateLine(gate))
  return gates.some((gate) => gate.verdict === 'FAIL') ? 1 : 0
}

async function run(plan: BenchPlan, bench: Workbench): Promise<Findings> {
  const { parts, scalingRounds: rounds } = plan
  const scaled = plan.proxies.filter((proxy) => SCALED_PROXIES.includes(proxy.name))
  const routed = parts.includes('routes') ? scaled.find(isSwitchyard) : undefined
  return {
    idle: parts.includes('idle') ? await idle(plan, bench) : null,
    routes: routed ? await scaleRoutes(bench, routed, rounds) : null,
    backends: parts.includes('backends') ? await scaleBackends(bench, scaled, rounds) : null,
    comparison: parts.includes('comparison') ? await compare(bench, plan.cells, plan.proxies) : null
  }
}

function isSwitchyard(proxy: ProxyUnderTest): boolean {
  return proxy.name === 'switchyard'
}

async function idle(plan: BenchPlan, bench: Workbench): Promise<readonly IdleResult[]> {
  const results: IdleResult[] = []
  for (const candidate of IDLE_CANDIDATES) {
    if (!plan.proxies.some((proxy) => proxy.name === candidate.name)) continue
    const result = await measureIdle(bench, candidate)
    const kilobytes = (result.bytesPerConnection / 1024).toFixed(1)
    bench.say(`idle: ${candidate.name} ${kilobytes} KB for each of ${result.connections}`)
    results.push(result)
  }
  return results
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(
    `The benchmark broke off: ${error instanceof Error ? error.message : String(error)}`
  )
  process.exitCode = 2
}
