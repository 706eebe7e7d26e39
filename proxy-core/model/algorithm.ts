/**
 * The balancing algorithms by name: one line for each. What one does stands in `balance/`,
 * in the file that `balance/registry.ts` names for it; the compiler asks for that line.
 */

export interface AlgorithmNames {
  /** Other spellings that the configuration takes. */
  readonly aliases: readonly string[]
  /** What HAProxy calls it in its statistics. */
  readonly haproxyName: string
}

export const ALGORITHM_NAMES = {
  round_robin: { aliases: ['weighted_round_robin'], haproxyName: 'roundrobin' },
  least_conn: { aliases: ['least_connections'], haproxyName: 'leastconn' },
  random: { aliases: [], haproxyName: 'random' },
  ip_hash: { aliases: ['source'], haproxyName: 'source' },
  /** By a key of the request: rendezvous, Maglev or a ring. */
  hash: { aliases: [], haproxyName: 'hash' },
  /** By a key too, with a fixed place for each part of the keys. */
  partition: { aliases: [], haproxyName: 'hash' },
  /** By observed latency; HAProxy has nothing like it. */
  adaptive: { aliases: ['peak_ewma'], haproxyName: 'adaptive' },
  first: { aliases: [], haproxyName: 'first' },
  /** Round robin inside the active level. */
  failover: { aliases: [], haproxyName: 'roundrobin' }
} as const satisfies Readonly<Record<string, AlgorithmNames>>

export type AlgorithmId = keyof typeof ALGORITHM_NAMES
