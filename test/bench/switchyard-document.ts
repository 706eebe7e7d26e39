/** The configuration files with which Switchyard is measured. */
import type { RouteUnderTest } from './proxy-under-test.ts'

export interface SwitchyardFeatures {
  /** null: access log off. */
  readonly accessLogFile: string | null
  readonly hasHealthChecks: boolean
  /** Further keys of the pool and of the route, in YAML's flow style: `retry: {}`. */
  readonly pool?: string
  readonly route?: string
}

export const PLAIN: SwitchyardFeatures = { accessLogFile: null, hasHealthChecks: false }

export interface DocumentSetting extends SwitchyardFeatures {
  readonly port: number
  readonly adminPort: number
  readonly backendPorts: readonly number[]
  /** Empty: one route for everything. */
  readonly routes: readonly RouteUnderTest[]
}

/** Above what any measurement opens. */
const CONNECTIONS_MAX = 19_000

/** Every value is a number, a path or a name without special characters: no quoting is needed. */
export function switchyardDocument(setting: DocumentSetting): string {
  const routes = setting.routes.length > 0 ? setting.routes.map(routeLine) : [onlyRoute(setting)]
  const accessLog =
    setting.accessLogFile === null
      ? 'false'
      : `{ format: combined, file: ${setting.accessLogFile} }`
  return `version: 1
admin: { address: 127.0.0.1:${setting.adminPort}, metrics: open }
listeners:
  - name: web
    address: 127.0.0.1:${setting.port}
    max_connections: ${CONNECTIONS_MAX}
    access_log: ${accessLog}
    timeouts: { keep_alive: 10m }
routes:
${routes.join('\n')}
pools:
  - name: app
    ${setting.pool ?? 'algorithm: round_robin'}
    connections: { idle_timeout: 10m, max_age: 1h, max_idle: 512 }
${setting.hasHealthChecks ? HEALTH_CHECK : ''}    backends:
${setting.backendPorts.map((port) => `      - { address: "127.0.0.1:${port}" }`).join('\n')}
`
}

const HEALTH_CHECK = '    health_check: { type: http, path: /health, interval: 2s, timeout: 1s }\n'

function onlyRoute({ route }: SwitchyardFeatures): string {
  return `  - { pool: app${route === undefined ? '' : `, ${route}`} }`
}

function routeLine(route: RouteUnderTest): string {
  return `  - { host: ${route.host}, path_prefix: ${route.pathPrefix}, pool: app }`
}
