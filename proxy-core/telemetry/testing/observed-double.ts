/** An engine for tests of telemetry: real counters and backends, without traffic of its own. */
import type { BackendWatch, ObservedEngine } from '../../engine/engine-view.ts'
import type { TrafficWatch } from '../../exchange/traffic-watch.ts'
import { EngineDouble } from '../../metrics/testing/engine-double.ts'
import type { TrafficCounters } from '../../metrics/traffic-counters.ts'
import { SwitchyardError } from '../../model/error-catalogue.ts'
import type { ProbeRecord } from '../../model/probe-record.ts'
import type { RouteSettings } from '../../model/settings.ts'

export class ObservedDouble extends EngineDouble implements ObservedEngine {
  routes: readonly RouteSettings[] = []
  traffic: TrafficWatch | null = null
  /** What is said of every backend. */
  watch: BackendWatch = {
    progress: { direction: 'steady', done: 0, needed: 3 },
    addresses: ['10.0.0.1'],
    resolutionError: null
  }

  watchOf(pool: string, backend: string): BackendWatch {
    const found = this.pools.find(({ name }) => name === pool)
    if (found?.backends.some(({ address }) => address === backend)) return this.watch
    throw new SwitchyardError('BACKEND_UNKNOWN', `Pool ${pool} has no backend ${backend}.`)
  }

  watchTraffic(watch: TrafficWatch | null): void {
    this.traffic = watch
    for (const pool of this.pools) watch?.poolChanged(pool)
  }

  probeNow(): Promise<ProbeRecord> {
    return Promise.reject(new SwitchyardError('HEALTH_CHECK_NONE', 'Nobody probes here.'))
  }
}

/** As the data path counts exchanges that end well at once. */
export function countExchanges(
  counters: TrafficCounters,
  requests: number,
  status = 200,
  totalMs = 10
): void {
  for (let n = 0; n < requests; n++) {
    counters.requests++
    counters.countResponse(status)
    counters.recordLatency(totalMs, totalMs)
  }
}
