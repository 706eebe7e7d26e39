/** Balancing algorithms by their names in the configuration. */
import type { z } from 'zod'
import type { AlgorithmId } from '../settings.ts'
import { choice } from './words.ts'

const VALUES = {
  round_robin: 'round_robin',
  weighted_round_robin: 'round_robin',
  least_conn: 'least_conn',
  least_connections: 'least_conn',
  random: 'random',
  ip_hash: 'ip_hash',
  source: 'ip_hash',
  failover: 'failover'
} as const satisfies Readonly<Record<string, AlgorithmId>>

const NOT_YET = {
  hash: 'hashing of a header, cookie, query parameter or path',
  partition: 'a static partition by a key',
  adaptive: 'weighting by observed latency',
  first: 'filling backends in order'
}

/** The written name of an algorithm, or an alias, as its id. */
export function algorithm(): z.ZodType<AlgorithmId> {
  return choice<AlgorithmId>('an algorithm', { values: VALUES, notYet: NOT_YET })
}
