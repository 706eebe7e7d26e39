/**
 * The real engine process, with meters of itself: SIGUSR2 begins a measurement and the next one
 * writes it to the file that BENCH_PROFILE names. The profiler counts time on the wall; so that
 * a busy machine does not count as telemetry, the ticks are measured by the kernel's account.
 */
import { renameSync, writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { systemClock } from '../../proxy-core/time/clock.ts'
import type { TreeProfile } from './telemetry-share.ts'

export interface EngineMeasurement {
  readonly profile: TreeProfile
  /** CPU of the main thread within ticks. */
  readonly ticksCpuMs: number
  readonly ticks: number
  /** CPU of the whole process, with the threads of V8. */
  readonly cpuMs: number
}

const SAMPLING_INTERVAL_US = 250
const TELEMETRY = /proxy-core\/telemetry\/telemetry\.ts/

let ticksCpuMs = 0
let ticks = 0

function metered(callback: () => void): () => void {
  return () => {
    const before = process.threadCpuUsage()
    callback()
    const { user, system } = process.threadCpuUsage(before)
    ticksCpuMs += (user + system) / 1000
    ticks++
  }
}

const plainTimeout = systemClock.setTimeout.bind(systemClock)
systemClock.setTimeout = (callback, delayMs) => {
  const isTick = TELEMETRY.test(new Error().stack ?? '')
  return plainTimeout(isTick ? metered(callback) : callback, delayMs)
}

const session = new Session()
let begun: NodeJS.CpuUsage | null = null

async function turn(file: string): Promise<void> {
  if (begun === null) {
    session.connect()
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL_US })
    await session.post('Profiler.start')
    ticksCpuMs = ticks = 0
    begun = process.cpuUsage()
    return
  }
  const { user, system } = process.cpuUsage(begun)
  const figures = { ticksCpuMs, ticks, cpuMs: (user + system) / 1000 }
  const { profile } = await session.post('Profiler.stop')
  session.disconnect()
  writeFileSync(`${file}.part`, JSON.stringify({ profile, ...figures }))
  renameSync(`${file}.part`, file)
}

const file = process.env['BENCH_PROFILE']
if (file === undefined) throw new Error('BENCH_PROFILE names no file.')
process.on('SIGUSR2', () => void turn(file))
await import('../../proxy-core/engine/engine-process.ts')
