/** Every type of probe by its id in the configuration (`health_check.type`). */
import type { HealthCheckSettings } from '../model/settings.ts'
import { httpProbe } from './http-probe.ts'
import type { Probe } from './probe.ts'
import { tcpProbe } from './tcp-probe.ts'

export type ProbeRegistry = Readonly<Record<HealthCheckSettings['type'], Probe>>

export const PROBES: ProbeRegistry = {
  http: httpProbe,
  tcp: tcpProbe
}
