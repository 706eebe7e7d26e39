/**
 * `node test/bench/features.ts [--write] [--only <name>]... [--rounds <n>]`: what each option of
 * resilience adds to a tiny GET, in CPU of the engine, as a ratio to the same engine without it.
 * Candidates take turns within every round. `--write` puts the table into docs/performance.md.
 */
import { parseArgs } from 'node:util'
import { describe } from './comparison.ts'
import { FEATURES, type Feature } from './feature-list.ts'
import { GATED_CONNECTIONS, LOADS } from './loads.ts'
import { writeFeatureTable } from './performance-document.ts'
import { endProcessesAtExit } from './pinned-process.ts'
import type { RunningProxy } from './proxy-under-test.ts'
import { table } from './report-tables.ts'
import { startEngine } from './rivals/switchyard-direct.ts'
import { summarise, type Sample } from './sample.ts'
import { orderOfRound } from './statistics.ts'
import { PLAIN } from './switchyard-document.ts'
import { TimeBudget } from './time-budget.ts'
import { Workbench } from './workbench.ts'

const SECONDS = 3
const DEFAULT_ROUNDS = 5
const LIMIT_SECONDS = 900
const REPEAT_SECONDS = 120
const BACKENDS = 2

interface Candidate {
  readonly feature: Feature
  readonly running: RunningProxy
  readonly samples: Sample[]
}

async function measureAll(
  bench: Workbench,
  features: readonly Feature[],
  rounds: number
): Promise<readonly Candidate[]> {
  const backendPorts = await bench.backendPorts(BACKENDS)
  const candidates: Candidate[] = []
  for (const feature of features) {
    const { name, pool, route } = feature
    const options = {
      ...(pool === undefined ? {} : { pool }),
      ...(route === undefined ? {} : { route })
    }
    const running = await bench.start(
      { name, start: (setting) => startEngine(setting, { features: { ...PLAIN, ...options } }) },
      { backendPorts }
    )
    await bench.warmUp(running)
    candidates.push({ feature, running, samples: [] })
  }
  for (let round = 0; round < rounds; round++) {
    bench.say(`round ${round + 1} of ${rounds}`)
    for (const each of orderOfRound(candidates, round)) {
      const sample = await bench.measure({
        proxy: each.running,
        load: LOADS.tiny,
        connections: GATED_CONNECTIONS,
        seconds: SECONDS,
        warmUpSeconds: 0
      })
      each.samples.push(sample)
      bench.say(`  ${each.feature.name}: ${describe(sample)}`)
    }
  }
  return candidates
}

function tableOf(candidates: readonly Candidate[]): string {
  const plain = summarise(candidates[0]!.samples).cpuUs
  return table(
    ['option', 'CPU µs per request', '±', '× without it', 'p99 ms', 'errors'],
    candidates.map(({ feature, samples }) => {
      const { cpuUs, cpuSpread, p99Ms, errors } = summarise(samples)
      return [
        feature.name === 'none' ? 'none' : `\`${feature.shown}\``,
        cpuUs.toFixed(1),
        `${Math.round(cpuSpread * 100)} %`,
        (cpuUs / plain).toFixed(2),
        p99Ms.toFixed(2),
        String(errors)
      ]
    })
  )
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      write: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string', default: String(DEFAULT_ROUNDS) }
    }
  })
  const wanted = FEATURES.filter(
    ({ name }) => name === 'none' || values.only.length === 0 || values.only.includes(name)
  )
  const budget = new TimeBudget(LIMIT_SECONDS, REPEAT_SECONDS, () => performance.now())
  const bench = new Workbench(budget, (line) => console.log(line))
  endProcessesAtExit()
  const candidates = await measureAll(bench, wanted, Number(values.rounds)).finally(() =>
    bench.close()
  )
  const result = tableOf(candidates)
  console.log(`\n${result}`)
  if (values.write) writeFeatureTable(result)
}

await main()
