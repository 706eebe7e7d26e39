/** A backend with its monitor, on a clock and with probes that the test governs. */
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import { DEFAULT_HEALTH_CHECK } from '../../model/default-settings.ts'
import type { EngineEventBody } from '../../model/engine-event.ts'
import type { HealthCheckSettings } from '../../model/settings.ts'
import { Backend } from '../../pool/backend.ts'
import { HealthMonitor, type HealthMonitorDependencies } from '../health-monitor.ts'
import { ScriptedProbe, type Answer } from './scripted-probe.ts'

export const CHECK: HealthCheckSettings = {
  ...DEFAULT_HEALTH_CHECK,
  intervalMs: 2000,
  fastIntervalMs: 500,
  downIntervalMs: 4000,
  timeoutMs: 1000,
  jitter: 0,
  unhealthyThreshold: 3,
  healthyThreshold: 2
}

export class MonitoredBackend {
  readonly clock = new ManualClock()
  readonly script = new ScriptedProbe()
  readonly events: EngineEventBody[] = []
  readonly faults: string[] = []
  addresses: readonly string[] = ['10.0.0.1']
  changed: () => void = () => undefined
  readonly backend: Backend
  readonly monitor: HealthMonitor

  constructor(
    check: Partial<HealthCheckSettings> = {},
    deps: Partial<HealthMonitorDependencies> = {}
  ) {
    this.backend = new Backend(
      {
        address: 'web:80',
        host: 'web',
        port: 80,
        weight: 100,
        region: null,
        level: 0,
        maxConnections: 0,
        slowStartMs: 0,
        healthCheck: { ...CHECK, ...check }
      },
      {
        pool: 'api',
        clock: this.clock,
        emit: (event) => this.events.push(event),
        changed: () => this.changed()
      }
    )
    this.monitor = new HealthMonitor(this.backend, {
      clock: this.clock,
      random: () => 0.5,
      addresses: () => this.addresses,
      firstResolution: Promise.resolve(),
      initial: 'first_result_decides',
      reportFault: (reason) => this.faults.push(reason),
      probes: { http: this.script.probe, tcp: this.script.probe },
      ...deps
    })
  }

  /** The answers of the coming probes; the last one stays. */
  answers(...answers: Answer[]): void {
    this.script.answer = () => (answers.length > 1 ? answers.shift()! : answers[0]!)
  }

  async start(): Promise<void> {
    this.monitor.start()
    await ManualClock.flush()
  }

  /** "unknown>up: reason" of every change so far. */
  get changes(): string[] {
    return this.events.map((event) =>
      event.kind === 'backend_health' ? `${event.from}>${event.to}: ${event.reason}` : event.kind
    )
  }
}
