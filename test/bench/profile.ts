/** `node test/bench/profile.ts`: which functions of the engine spend the time under a load. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  summariseProfile,
  type CpuProfile,
  type ProfileSummary,
  type SelfTime
} from './cpu-profile.ts'
import { LOADS, type LoadName } from './loads.ts'
import { endProcessesAtExit } from './pinned-process.ts'
import { startEngine } from './rivals/switchyard-direct.ts'
import { TimeBudget } from './time-budget.ts'
import { REPOSITORY } from './tool-version.ts'
import { Workbench } from './workbench.ts'
import { runWrk } from './wrk-run.ts'

const USAGE = `Usage: node test/bench/profile.ts [--load <${Object.keys(LOADS).join('|')}>]
       [--connections <n>] [--backends <n>] [--seconds <n>] [--top <n>] [--keep <folder>]
  --keep   write the .cpuprofile into this folder, for the browser's developer tools`

const SAMPLING_INTERVAL_US = 250
const LIMIT_SECONDS = 120

interface ProfileArguments {
  readonly load: LoadName
  readonly connections: number
  readonly backends: number
  readonly seconds: number
  readonly top: number
  readonly keep: string | undefined
}

function profileArguments(): ProfileArguments {
  const { values } = parseArgs({
    options: {
      load: { type: 'string', default: 'tiny' },
      connections: { type: 'string', default: '64' },
      backends: { type: 'string', default: '2' },
      seconds: { type: 'string', default: '6' },
      top: { type: 'string', default: '30' },
      keep: { type: 'string' }
    }
  })
  const numbers = {
    connections: Number(values.connections),
    backends: Number(values.backends),
    seconds: Number(values.seconds),
    top: Number(values.top)
  }
  const areNumbers = Object.values(numbers).every((each) => Number.isInteger(each) && each >= 1)
  if (!(values.load in LOADS) || !areNumbers || numbers.seconds > 60) throw new Error(USAGE)
  return { load: values.load as LoadName, ...numbers, keep: values.keep }
}

async function main(): Promise<void> {
  const wanted = profileArguments()
  endProcessesAtExit()
  const budget = new TimeBudget(LIMIT_SECONDS, 0, () => performance.now())
  const bench = new Workbench(budget, (line) => console.log(line))
  try {
    await profile(bench, wanted)
  } finally {
    await bench.close()
  }
}

async function profile(bench: Workbench, wanted: ProfileArguments): Promise<void> {
  const directory = wanted.keep ?? bench.newDirectory('profile')
  const before = profilesIn(directory)
  const nodeOptions = [
    '--cpu-prof',
    `--cpu-prof-dir=${directory}`,
    `--cpu-prof-interval=${SAMPLING_INTERVAL_US}`
  ]
  const engine = await bench.start(
    { name: 'profiled', start: (setting) => startEngine(setting, { nodeOptions }) },
    { backendPorts: await bench.backendPorts(wanted.backends) }
  )
  await bench.warmUp(engine)
  const fromUs = Number(process.hrtime.bigint() / 1000n)
  const result = await runWrk({
    load: LOADS[wanted.load],
    port: engine.port,
    connections: wanted.connections,
    seconds: wanted.seconds
  })
  await bench.stop(engine)
  const file = profilesIn(directory).find((name) => !before.includes(name))
  if (file === undefined) throw new Error('The engine ended without writing its profile.')
  const parsed = JSON.parse(readFileSync(join(directory, file), 'utf8')) as CpuProfile
  const rate = `${Math.round(result.requestsPerSecond)} requests/s under the profiler`
  console.log(
    `${LOADS[wanted.load].title}, ${wanted.connections} connections, ${wanted.backends} backends: ${rate}`
  )
  printProfile(summariseProfile(parsed, REPOSITORY, fromUs), wanted.top, result.requests)
}

function profilesIn(directory: string): readonly string[] {
  return readdirSync(directory).filter((name) => name.endsWith('.cpuprofile'))
}

/** System calls count as self time of the native function that makes them. */
function printProfile(summary: ProfileSummary, top: number, requests: number): void {
  const { busyMs, idleMs, functions, files } = summary
  console.log(`busy ${busyMs.toFixed(0)} ms, idle ${idleMs.toFixed(0)} ms`)
  const line = ({ name, selfMs, share }: SelfTime): string => {
    const perRequest = ((selfMs * 1000) / requests).toFixed(2).padStart(7)
    return `${(share * 100).toFixed(1).padStart(5)} %  ${perRequest} µs  ${name}`
  }
  console.log('\nself time by function: share, per request')
  for (const each of functions.slice(0, top)) console.log(line(each))
  console.log('\nself time by file: share, per request')
  for (const each of files.slice(0, top)) console.log(line(each))
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 2
}
