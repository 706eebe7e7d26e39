/** Routes for tests and benchmarks, written as operators think of them. */
import { DEFAULT_ROUTE } from '../model/default-settings.ts'
import type { HostPattern, RouteSettings } from '../model/settings.ts'
import type { Routed } from './route-conditions.ts'

export interface SampleRoute {
  readonly name?: string
  /** Exact, `*.suffix`, or absent = any. */
  readonly host?: string
  readonly pathPrefix?: string
  readonly methods?: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
  readonly listeners?: readonly string[]
  readonly replacePrefix?: string
}

/** Unnamed routes are named after what they match. */
export function sampleRoute(sample: SampleRoute): Routed {
  const { host, pathPrefix = '/', methods = [], headers = {}, listeners = [] } = sample
  const settings: RouteSettings = {
    ...DEFAULT_ROUTE,
    name: sample.name ?? `${host ?? ''}${pathPrefix}`,
    listeners,
    host: hostPattern(host),
    pathPrefix,
    methods,
    headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
    pool: 'api',
    replacePrefix: sample.replacePrefix ?? null,
    accessLog: false,
    bodyLimitBytes: 1_000_000,
    timeouts: { headMs: 0, idleMs: 0, totalMs: 0 }
  }
  return { settings }
}

function hostPattern(host: string | undefined): HostPattern {
  if (host === undefined) return { kind: 'any' }
  return host.startsWith('*.') ? { kind: 'suffix', suffix: host.slice(1) } : { kind: 'exact', host }
}
