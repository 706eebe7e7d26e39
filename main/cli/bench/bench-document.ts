/** The configuration that `bench` measures: the same two backends behind two listeners. */

export interface BenchDocumentParts {
  readonly backendPorts: readonly number[]
  readonly accessLogFile: string
}

/** A plain document, resolved by the engine like an operator's file. */
export function benchDocument({ backendPorts, accessLogFile }: BenchDocumentParts): unknown {
  const backends = backendPorts.map((port) => ({ address: `127.0.0.1:${port}` }))
  return {
    version: 1,
    admin: { address: '127.0.0.1:0' },
    listeners: [
      { name: 'plain', address: '127.0.0.1:0', access_log: false },
      {
        name: 'full',
        address: '127.0.0.1:0',
        access_log: { format: 'json', file: accessLogFile },
        request_id: {},
        forwarded: { x_forwarded: true, x_real_ip: true, forwarded: true, via: true }
      }
    ],
    routes: [
      { listeners: ['plain'], pool: 'plain' },
      {
        listeners: ['full'],
        path_prefix: '/bench',
        methods: ['GET'],
        rewrite: { prefix: '/v1' },
        timeouts: { head: '5s', idle: '10s', total: '30s' },
        pool: 'full'
      }
    ],
    pools: [
      { name: 'plain', algorithm: 'round_robin', backends },
      {
        name: 'full',
        algorithm: 'least_conn',
        health_check: { type: 'http', path: '/health', interval: '1s' },
        max_connections: 1000,
        backends
      }
    ]
  }
}
