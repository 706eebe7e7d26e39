/**
 * `npm run bench:features -- [--write] [--only <name>]... [--rounds <n>]`: what each option of
 * resilience adds to a tiny GET, in CPU of the engine. Each is measured right beside an engine
 * without any, and compared with that neighbour alone: a machine that is slow for some seconds is
 * slow for both. `none` is a second engine without any, so its row shows what two processes of the
 * same thing differ by. `--write` puts the table into docs/performance.md.
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
import { median, orderOfRound, spread } from './statistics.ts'
import { PLAIN } from './switchyard-document.ts'
import { TimeBudget } from './time-budget.ts'
import { Workbench } from './workbench.ts'

const SECONDS = 2
const DEFAULT_ROUNDS = 5
const LIMIT_SECONDS = 900
const REPEAT_SECONDS = 120
const BACKENDS = 2

interface Candidate {
  readonly feature: Feature
  readonly running: RunningProxy
  readonly pairs: Pair[]
}

interface Pair {
  readonly plain: Sample
  readonly with: Sample
}

async function start(
  bench: Workbench,
  { name, pool, route }: Omit<Feature, 'shown'>
): Promise<RunningProxy> {
  const options = {
    ...(pool === undefined ? {} : { pool }),
    ...(route === undefined ? {} : { route })
  }
  const running = await bench.start(
    { name, start: (setting) => startEngine(setting, { features: { ...PLAIN, ...options } }) },
    { backendPorts: await bench.backendPorts(BACKENDS) }
  )
  await bench.warmUp(running)
  return running
}

async function measureAll(
  bench: Workbench,
  features: readonly Feature[],
  rounds: number
): Promise<readonly Candidate[]> {
  const plain = await start(bench, { name: 'plain' })
  const candidates: Candidate[] = []
  for (const feature of features) {
    candidates.push({ feature, running: await start(bench, feature), pairs: [] })
  }
  for (let round = 0; round < rounds; round++) {
    bench.say(`round ${round + 1} of ${rounds}`)
    for (const each of candidates) {
      const samples = new Map<RunningProxy, Sample>()
      for (const running of orderOfRound([plain, each.running], round)) {
        samples.set(running, await sampleOf(bench, running))
      }
      const pair = { plain: samples.get(plain)!, with: samples.get(each.running)! }
      each.pairs.push(pair)
      bench.say(`  ${each.feature.name}: ${describe(pair.with)}, × ${ratioOf(pair).toFixed(2)}`)
    }
  }
  return candidates
}

function sampleOf(bench: Workbench, proxy: RunningProxy): Promise<Sample> {
  return bench.measure({
    ...{ proxy, load: LOADS.tiny, connections: GATED_CONNECTIONS },
    ...{ seconds: SECONDS, warmUpSeconds: 0 }
  })
}

function ratioOf({ plain, with: one }: Pair): number {
  return (one.userUs + one.systemUs) / (plain.userUs + plain.systemUs)
}

function tableOf(candidates: readonly Candidate[]): string {
  return table(
    ['option', 'CPU µs per request', '× without it', '±', 'p99 ms', 'errors'],
    candidates.map(({ feature, pairs }) => {
      const { cpuUs, p99Ms, errors } = summarise(pairs.map((pair) => pair.with))
      const ratios = pairs.map(ratioOf)
      return [
        feature.name === 'none' ? 'none' : `\`${feature.shown}\``,
        cpuUs.toFixed(1),
        median(ratios).toFixed(2),
        `${Math.round(spread(ratios) * 100)} %`,
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
