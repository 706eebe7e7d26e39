/** Loads one proxy once and reads what it cost; repeats the run when something disturbed it. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Load } from './loads.ts'
import {
  disturbanceBetween,
  machineMoment,
  type Disturbance,
  type OwnPids
} from './machine-watch.ts'
import { livingProcessStat, processStat } from './process-figures.ts'
import type { RunningProxy } from './proxy-under-test.ts'
import type { Sample } from './sample.ts'
import type { TimeBudget } from './time-budget.ts'
import { runWrk, type WrkResult } from './wrk-run.ts'

export interface Measurement {
  readonly proxy: RunningProxy
  readonly load: Load
  readonly connections: number
  readonly seconds: number
  /** Unmeasured load before it; 0 = none. */
  readonly warmUpSeconds: number
  readonly targetsFile?: string
}

export interface MeasuringContext {
  readonly budget: TimeBudget
  /** Everything that this benchmark has running. */
  readonly own: () => Omit<OwnPids, 'proxy'>
  readonly say: (line: string) => void
}

const ATTEMPTS = 3
const PAUSE_BEFORE_REPEAT_MS = 1000

interface Attempt {
  readonly sample: Sample
  readonly disturbance: Disturbance
}

/** The first undisturbed attempt, or else the least disturbed one, marked as such. */
export async function measure(wanted: Measurement, context: MeasuringContext): Promise<Sample> {
  let best = await attempt(wanted, context)
  for (let made = 1; made < ATTEMPTS && best.disturbance.severity > 1; made++) {
    if (!context.budget.mayRepeat(wanted.seconds + wanted.warmUpSeconds + 1)) break
    context.say(`disturbed (${best.disturbance.reason}), repeating`)
    await delay(PAUSE_BEFORE_REPEAT_MS)
    const again = await attempt(wanted, context)
    if (again.disturbance.severity < best.disturbance.severity) best = again
  }
  if (best.disturbance.severity <= 1) return best.sample
  return { ...best.sample, disturbance: best.disturbance.reason }
}

async function attempt(wanted: Measurement, context: MeasuringContext): Promise<Attempt> {
  const { proxy } = wanted
  const endAccompaniment = proxy.accompany?.()
  try {
    if (wanted.warmUpSeconds > 0) await load(wanted, wanted.warmUpSeconds)
    const before = machineMoment(proxy.pid)
    const statBefore = livingProcessStat(proxy.pid)
    const companionsBefore = companionMs(proxy)
    const result = await load(wanted, wanted.seconds)
    const stat = livingProcessStat(proxy.pid)
    const companions = companionMs(proxy) - companionsBefore
    const after = machineMoment(proxy.pid)
    const userMs = stat.userMs - statBefore.userMs
    const systemMs = stat.systemMs - statBefore.systemMs
    return {
      sample: {
        ...figures(result),
        userUs: (userMs * 1000) / result.requests,
        systemUs: (systemMs * 1000) / result.requests,
        companionUs: (companions * 1000) / result.requests,
        coreShare: (userMs + systemMs) / (after.atMs - before.atMs),
        rssBytes: stat.rssBytes,
        disturbance: ''
      },
      disturbance: disturbanceBetween(before, after, { proxy: proxy.pid, ...context.own() })
    }
  } finally {
    endAccompaniment?.()
  }
}

function figures(
  result: WrkResult
): Pick<Sample, 'requestsPerSecond' | 'p50Ms' | 'p99Ms' | 'errors'> {
  const { requestsPerSecond, p50Ms, p99Ms, errors } = result
  return { requestsPerSecond, p50Ms, p99Ms, errors }
}

function load(wanted: Measurement, seconds: number): Promise<WrkResult> {
  return runWrk({
    load: wanted.load,
    port: wanted.proxy.port,
    connections: wanted.connections,
    seconds,
    ...(wanted.targetsFile === undefined ? {} : { targetsFile: wanted.targetsFile })
  })
}

function companionMs(proxy: RunningProxy): number {
  return proxy.companions.reduce((sum, pid) => {
    const stat = processStat(pid)
    return sum + (stat ? stat.userMs + stat.systemMs : 0)
  }, 0)
}
