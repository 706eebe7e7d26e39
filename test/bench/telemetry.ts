/**
 * `node test/bench/telemetry.ts`: what an observer costs the engine. Drives the real engine
 * process at 10 000 requests a second, takes a CPU profile inside it while a parent observes
 * everything, and says which share of its CPU went into telemetry. Fails above 3 %.
 *   --rate <requests/s>  --seconds <of each phase>  --keep <file for the .cpuprofile>
 */
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { forkEngine } from '../../main/engine-host/engine-child.ts'
import { EngineHost } from '../../main/engine-host/engine-host.ts'
import { systemClock } from '../../proxy-core/time/clock.ts'
import { PacedLoad } from './paced-load.ts'
import { endProcessesAtExit } from './pinned-process.ts'
import { livingProcessStat } from './process-figures.ts'
import type { EngineMeasurement } from './telemetry-engine.ts'
import { telemetryShare, type TelemetryShare } from './telemetry-share.ts'
import { TimeBudget } from './time-budget.ts'
import { Workbench } from './workbench.ts'

const LARGEST_SHARE = 0.03
const CONNECTIONS = 64
const BACKENDS = 4
/** Ticks are few: this is how long V8 needs to compile what they do. */
const WARM_UP_MS = 25_000
const PROFILE_MS = 8000
const LIMIT_SECONDS = 90
const ENGINE = join(import.meta.dirname, 'telemetry-engine.ts')

type Observed = 'nothing' | 'numbers' | 'numbers and traffic'

interface Phase {
  readonly observed: Observed
  readonly requestsPerSecond: number
  readonly cpuMicrosPerRequest: number
}

interface Profiled extends Omit<EngineMeasurement, 'profile'> {
  readonly share: TelemetryShare
}

class Measurement {
  readonly #host: EngineHost
  readonly #load: PacedLoad
  readonly #phaseMs: number

  private constructor(host: EngineHost, load: PacedLoad, phaseMs: number) {
    this.#host = host
    this.#load = load
    this.#phaseMs = phaseMs
  }

  static async begin(
    backendPorts: readonly number[],
    rate: number,
    seconds: number
  ): Promise<Measurement> {
    const host = new EngineHost({
      launch: () => forkEngine(ENGINE),
      clock: systemClock,
      version: '0.0.0-bench',
      adminToken: 'bench',
      stateDirectory: null,
      onEvent: (event) => {
        if (event.kind === 'engine_fault') console.error(event.fault.reason)
      }
    })
    const outcome = await host.start({ document: documentOf(backendPorts), baseDir: '/', file: '' })
    if (!outcome.ok) throw new Error(outcome.reason)
    const port = Number(outcome.listeners[0]!.address.split(':').at(-1))
    return new Measurement(host, new PacedLoad(port, CONNECTIONS, rate), seconds * 1000)
  }

  /** CPU of the engine by the kernel's account, while somebody or nobody looks. */
  async phase(observed: Observed): Promise<Phase> {
    this.#host.observe({
      isWanted: observed !== 'nothing',
      isTrafficWanted: observed === 'numbers and traffic'
    })
    await wait(500)
    const before = this.#state()
    await wait(this.#phaseMs)
    const after = this.#state()
    const answered = after.answered - before.answered
    return {
      observed,
      requestsPerSecond: (answered * 1000) / (after.atMs - before.atMs),
      cpuMicrosPerRequest: ((after.cpuMs - before.cpuMs) * 1000) / answered
    }
  }

  async profile(file: string): Promise<Profiled> {
    const pid = this.#host.pid!
    process.kill(pid, 'SIGUSR2')
    await wait(PROFILE_MS)
    process.kill(pid, 'SIGUSR2')
    for (let tries = 0; tries < 200 && !existsSync(file); tries++) await wait(50)
    const { profile, ...figures } = JSON.parse(readFileSync(file, 'utf8')) as EngineMeasurement
    return { ...figures, share: telemetryShare(profile) }
  }

  async end(): Promise<void> {
    this.#load.stop()
    await this.#host.stop(2000)
  }

  #state(): { readonly atMs: number; readonly cpuMs: number; readonly answered: number } {
    const { userMs, systemMs } = livingProcessStat(this.#host.pid!)
    return {
      atMs: performance.now(),
      cpuMs: userMs + systemMs,
      answered: this.#load.answered
    }
  }
}

function documentOf(backendPorts: readonly number[]): unknown {
  return {
    version: 1,
    admin: { address: '127.0.0.1:0' },
    listeners: [{ name: 'web', address: '127.0.0.1:0', access_log: false }],
    routes: [{ pool: 'app' }],
    pools: [
      {
        name: 'app',
        health_check: { type: 'http', path: '/tiny', interval: '2s' },
        backends: backendPorts.map((port) => ({ address: `127.0.0.1:${port}` }))
      }
    ]
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}

function report(phases: readonly Phase[], profiled: Profiled): boolean {
  for (const { observed, requestsPerSecond, cpuMicrosPerRequest } of phases) {
    console.log(
      `${observed.padEnd(20)} ${requestsPerSecond.toFixed(0).padStart(6)} requests/s  ` +
        `${cpuMicrosPerRequest.toFixed(1).padStart(6)} µs of CPU each`
    )
  }
  const { cpuMs, ticksCpuMs, ticks, share } = profiled
  const parts = {
    counters: share.countersMs / share.busyMs,
    sampling: share.samplingMs / share.busyMs,
    ticks: ticksCpuMs / cpuMs
  }
  const total = parts.counters + parts.sampling + parts.ticks
  console.log(`profile with ${cpuMs.toFixed(0)} ms of CPU, of which`)
  console.log(`  counters of every request   ${percent(parts.counters)}`)
  console.log(`  copying for samples         ${percent(parts.sampling)}`)
  console.log(
    `  ticks and what they send    ${percent(parts.ticks)}, ` +
      `${(ticksCpuMs / ticks).toFixed(2)} ms for each of ${ticks}`
  )
  console.log(`telemetry in all ${percent(total)}, allowed ${percent(LARGEST_SHARE)}`)
  return total <= LARGEST_SHARE
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rate: { type: 'string', default: '10000' },
      seconds: { type: 'string', default: '4' },
      keep: { type: 'string' }
    }
  })
  endProcessesAtExit()
  const bench = new Workbench(new TimeBudget(LIMIT_SECONDS, 0, () => performance.now()), (line) =>
    console.log(line)
  )
  const file = join(bench.newDirectory('telemetry'), 'engine.cpuprofile')
  process.env['BENCH_PROFILE'] = file
  try {
    const ports = await bench.backendPorts(BACKENDS)
    const measurement = await Measurement.begin(ports, Number(values.rate), Number(values.seconds))
    await measurement.phase('numbers and traffic')
    await wait(WARM_UP_MS)
    const phases: Phase[] = []
    for (const observed of ['nothing', 'numbers', 'numbers and traffic'] as const) {
      phases.push(await measurement.phase(observed))
    }
    const profiled = await measurement.profile(file)
    if (values.keep !== undefined) copyFileSync(file, values.keep)
    await measurement.end()
    if (!report(phases, profiled)) process.exitCode = 1
  } finally {
    await bench.close()
  }
}

await main()
