/**
 * What the differential suite knows of a proxy: it can be put in front of backends and then
 * listens on a port. Each proxy is a file of its own with settings as alike as they get:
 * keep-alive on both sides, streamed request bodies, X-Forwarded-* added.
 */
export interface RunningProxy {
  readonly port: number
  stop(): Promise<void>
}

export interface ProxyUnderTest {
  readonly name: 'switchyard' | 'haproxy' | 'nginx'
  /** As it appears in the documentation, with its version where that is not ours. */
  readonly label: () => string
  readonly start: (backendPorts: readonly number[]) => Promise<RunningProxy>
}
