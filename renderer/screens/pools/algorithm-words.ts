/** What an algorithm does, in one line each. */
import type { LivePool } from '../../../preload/contract/live-state.ts'
import { ALGORITHM_NAMES, type AlgorithmId } from '../../../proxy-core/model/algorithm.ts'
import { formatPercentage } from '../../../proxy-core/model/units.ts'

interface AlgorithmWords {
  readonly name: string
  readonly explanation: string
}

const WORDS: Readonly<Record<AlgorithmId, AlgorithmWords>> = {
  round_robin: {
    name: 'Round robin',
    explanation: 'Backends take turns, more often the larger their weight.'
  },
  least_conn: {
    name: 'Least connections',
    explanation: 'The backend with the fewest running requests for its weight is next.'
  },
  random: {
    name: 'Random',
    explanation: 'Chance decides, weighted; no backend can be favoured by accident.'
  },
  ip_hash: {
    name: 'Client address',
    explanation: 'A client keeps its backend as long as that one is eligible.'
  },
  hash: {
    name: 'Hash of a key',
    explanation:
      'Requests with the same key go to the same backend; the fewest move when one leaves.'
  },
  partition: {
    name: 'Partition',
    explanation: 'Each backend has its fixed part of the keys.'
  },
  adaptive: {
    name: 'Adaptive',
    explanation: 'Backends that answer fast and without errors get more.'
  },
  first: {
    name: 'First',
    explanation: 'The first backend of the file with a free slot takes the request.'
  },
  failover: {
    name: 'Failover',
    explanation: 'Backends of the active level take turns; the next level waits.'
  }
}

const METHODS: Readonly<Record<string, string>> = {
  rendezvous: 'Rendezvous hashing',
  maglev: 'Maglev hashing',
  ring: 'Consistent hashing on a ring',
  modulo: 'A fixed place for each part of the keys',
  consistent: 'Consistent division'
}

/** How the backend of a key is found. */
export function keyedWords({ method, loadBound }: NonNullable<LivePool['key']>): string {
  const words = METHODS[method] ?? method
  if (loadBound === 0) return `${words}.`
  return `${words}; at most ${formatPercentage(loadBound)} of the fair share of running requests.`
}

/** An algorithm of a newer engine is called as the engine calls it. */
export function algorithmWords(algorithm: string): AlgorithmWords {
  const known = Object.entries(ALGORITHM_NAMES).find(
    ([id, { aliases }]) => id === algorithm || (aliases as readonly string[]).includes(algorithm)
  )
  if (known === undefined) return { name: algorithm, explanation: '' }
  return WORDS[known[0] as AlgorithmId]
}
