/** The options whose cost is measured, each alone beside an engine that has none of them. */

export interface Feature {
  /** For `--only`. */
  readonly name: string
  /** How the table writes it. */
  readonly shown: string
  /** Lines of the pool, in YAML; absent: round robin and nothing else. */
  readonly pool?: string
  /** Keys of the route, in YAML's flow style. */
  readonly route?: string
}

export const FEATURES: readonly Feature[] = [
  { name: 'none', shown: 'none' },
  pool('retry', 'retry: {}'),
  pool('outlier', 'outlier: {}'),
  pool('circuit_breaker', 'circuit_breaker: {}'),
  pool('adaptive_concurrency', 'adaptive_concurrency: { min: 64 }'),
  pool('sticky', 'sticky: { cookie: SRV, key: benchmark-key-0123456789 }'),
  pool('least_conn', 'algorithm: least_conn'),
  pool('adaptive', 'algorithm: adaptive'),
  pool('rendezvous', 'hash: { key: client_ip }', 'algorithm: hash'),
  pool('maglev', 'hash: { key: path, method: maglev }', 'algorithm: hash'),
  {
    name: 'rate_limit',
    shown: 'rate_limit: { requests: 1000000, per: 1s }',
    route: 'rate_limit: { requests: 1000000, per: 1s }'
  },
  pool(
    'all',
    'retry, outlier, circuit_breaker, sticky',
    'retry: {}',
    'outlier: {}',
    'circuit_breaker: {}',
    'sticky: { cookie: SRV, key: benchmark-key-0123456789 }'
  )
]

/** `shown` is the option itself, unless further lines follow. */
function pool(name: string, shown: string, ...lines: readonly string[]): Feature {
  const all = lines.length > 1 ? lines : [shown, ...lines]
  return { name, shown, pool: all.join('\n    ') }
}
