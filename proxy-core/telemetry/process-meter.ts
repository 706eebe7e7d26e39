/** What the engine's own process costs. */
import type { LatencyHistogram } from '../metrics/latency-histogram.ts'
import type { Tick } from '../model/engine-telemetry.ts'
import { LatencyMeter } from './latency-meter.ts'

/** Reading the memory walks the heap's spaces and a file of the kernel: not on every tick. */
const MEMORY_EVERY_TICKS = 4

export class ProcessMeter {
  readonly #loopLag: LatencyMeter
  #cpuMicros = cpuMicros()
  #atMs: number
  #ticks = 0
  #memory = process.memoryUsage()

  constructor(loopLag: LatencyHistogram, nowMs: number) {
    this.#loopLag = new LatencyMeter([loopLag], nowMs)
    this.#atMs = nowMs
  }

  /** Call it in the engine's own process, once for each tick that is sent. */
  read(loopLag: LatencyHistogram, nowMs: number): Tick['process'] {
    const micros = cpuMicros()
    const elapsedMs = nowMs - this.#atMs
    const cpuShare = elapsedMs > 0 ? (micros - this.#cpuMicros) / 1000 / elapsedMs : 0
    this.#cpuMicros = micros
    this.#atMs = nowMs
    if (this.#ticks++ % MEMORY_EVERY_TICKS === 0) this.#memory = process.memoryUsage()
    this.#loopLag.measure(loopLag)
    return {
      pid: process.pid,
      cpuShare: Math.max(0, Math.round(cpuShare * 1000) / 1000),
      residentBytes: this.#memory.rss,
      heapUsedBytes: this.#memory.heapUsed,
      loopLagP99Ms: Math.max(0, this.#loopLag.percentiles(nowMs).p99Ms)
    }
  }
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
