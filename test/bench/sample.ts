/** One measurement and the median of several. */
import { median, spread } from './statistics.ts'

export interface Sample {
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** CPU of the proxy process, all threads, in microseconds per request. */
  readonly userUs: number
  readonly systemUs: number
  /** CPU of its master or control plane. */
  readonly companionUs: number
  /** Share of the wall time in which the proxy had its core: near 1, the proxy is the limit. */
  readonly coreShare: number
  readonly rssBytes: number
  readonly errors: number
  /** Empty when nothing else used the machine; the reason when it did, in every attempt. */
  readonly disturbance: string
}

/** Medians of each figure by itself, over the undisturbed rounds of one cell if there are any. */
export interface Summary {
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly userUs: number
  readonly systemUs: number
  readonly cpuUs: number
  /** Half the range of `cpuUs` over those rounds, as a share of it. */
  readonly cpuSpread: number
  readonly companionUs: number
  readonly coreShare: number
  readonly rssBytes: number
  /** Of all rounds together, disturbed or not. */
  readonly errors: number
  readonly rounds: number
  readonly disturbedRounds: number
}

export function summarise(samples: readonly Sample[]): Summary {
  const undisturbed = samples.filter((sample) => sample.disturbance === '')
  const used = undisturbed.length > 0 ? undisturbed : samples
  const of = (figure: (sample: Sample) => number): number => median(used.map(figure))
  const cpuUs = used.map((sample) => sample.userUs + sample.systemUs)
  return {
    requestsPerSecond: of((sample) => sample.requestsPerSecond),
    p50Ms: of((sample) => sample.p50Ms),
    p99Ms: of((sample) => sample.p99Ms),
    userUs: of((sample) => sample.userUs),
    systemUs: of((sample) => sample.systemUs),
    cpuUs: median(cpuUs),
    cpuSpread: spread(cpuUs),
    companionUs: of((sample) => sample.companionUs),
    coreShare: of((sample) => sample.coreShare),
    rssBytes: of((sample) => sample.rssBytes),
    errors: samples.reduce((sum, sample) => sum + sample.errors, 0),
    rounds: samples.length,
    disturbedRounds: samples.length - undisturbed.length
  }
}
