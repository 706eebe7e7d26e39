/** Every algorithm by its name in the configuration. */
import type { AlgorithmId } from '../model/algorithm.ts'
import type { Random } from '../time/clock.ts'
import { adaptive } from './adaptive.ts'
import type { BalanceOptions, BalancerFactory, BalanceTarget } from './balancer.ts'
import { levelled, type LevelledBalancer } from './failover-levels.ts'
import { first } from './first.ts'
import { requestHash } from './hash.ts'
import { leastConn } from './least-conn.ts'
import { partitioned } from './partition.ts'
import { randomOfTwo } from './random.ts'
import { smoothWeightedRoundRobin } from './smooth-weighted-round-robin.ts'
import { sourceHash } from './source-hash.ts'

/** What each does within one level; `createBalancer` adds the levels to all of them. */
export const ALGORITHMS: Readonly<Record<AlgorithmId, BalancerFactory>> = {
  round_robin: smoothWeightedRoundRobin,
  least_conn: leastConn,
  random: randomOfTwo,
  ip_hash: sourceHash,
  hash: requestHash,
  partition: partitioned,
  adaptive,
  first,
  failover: smoothWeightedRoundRobin
}

/** The balancer of one pool. Serves nothing until its first `rebuild`. */
export function createBalancer<T extends BalanceTarget>(
  algorithm: AlgorithmId,
  random: Random,
  options: BalanceOptions
): LevelledBalancer<T> {
  return levelled<T>(ALGORITHMS[algorithm], random, options)
}
