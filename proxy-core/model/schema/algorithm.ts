/** Balancing algorithms by their names in the configuration. */
import type { z } from 'zod'
import { ALGORITHM_NAMES, type AlgorithmId } from '../algorithm.ts'
import { choice } from './words.ts'

/** Every accepted spelling with its id, each id before its aliases. */
const VALUES = Object.fromEntries(
  Object.entries(ALGORITHM_NAMES).flatMap(([id, { aliases }]) =>
    [id, ...aliases].map((name) => [name, id as AlgorithmId])
  )
)

/** The written name of an algorithm, or an alias, as its id. */
export function algorithm(): z.ZodType<AlgorithmId> {
  return choice<AlgorithmId>('an algorithm', { values: VALUES })
}
