/** What the benchmark knows of a proxy: how to start it for some backends, and what to measure. */
import type { LoadName } from './loads.ts'

export type ProxyName =
  | 'haproxy'
  | 'haproxy 64 KB'
  | 'nginx'
  | 'http-proxy'
  | 'http-proxy keep-alive'
  | 'undici'
  | 'switchyard'
  | 'switchyard full'

export interface ProxySetting {
  /** Loopback ports of the servers behind it, in rotation. */
  readonly backendPorts: readonly number[]
  /** Where it may put its files; empty, and its own. */
  readonly directory: string
  /** Switchyard alone is measured with more than one route. */
  readonly routes?: readonly RouteUnderTest[]
}

export interface RouteUnderTest {
  readonly host: string
  readonly pathPrefix: string
}

export interface RunningProxy {
  readonly port: number
  /** The process that carries the traffic: its CPU and memory are what is reported. */
  readonly pid: number
  /** Further processes of the product: a master, a control plane. */
  readonly companions: readonly number[]
  /** What goes on beside the load in this configuration; returns how to end it. */
  readonly accompany?: () => () => void
  stop(): Promise<void>
}

export interface ProxyUnderTest {
  readonly name: ProxyName
  /** One sentence for the report: the configuration, as far as it matters for speed. */
  readonly configuration: string
  /** Empty = all. */
  readonly onlyLoads: readonly LoadName[]
  version(): string
  start(setting: ProxySetting): Promise<RunningProxy>
}
