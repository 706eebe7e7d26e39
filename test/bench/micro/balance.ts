/** What a pick costs by algorithm and pool size, and what a change of the pool costs. */
import type { AlgorithmId } from '../../../proxy-core/model/algorithm.ts'
import { ALGORITHMS, createBalancer } from '../../../proxy-core/balance/registry.ts'
import {
  sampleClient,
  sampleTargets,
  seededRandom,
  type SampleTarget
} from '../../../proxy-core/balance/sample-targets.ts'
import { compare, type Subject } from './rounds.ts'

const PICKS = 50_000
const REBUILDS = 20
const SIZES = [2, 10, 100, 1000]
const CLIENTS = Array.from({ length: 4096 }, (_, index) => sampleClient(index * 7919))
/** Requests that run at one time, so that loads differ. */
const RUNNING = 64

function arbitraryWeights(size: number): number[] {
  const random = seededRandom(size)
  return Array.from({ length: size }, () => 1 + Math.floor(random() * 256))
}

/** One request: a pick, a load that grows, and the load of an earlier request that shrinks. */
function requests(name: string, algorithm: AlgorithmId, weights: readonly number[]): Subject {
  const balancer = createBalancer<SampleTarget>(algorithm, seededRandom(1))
  balancer.rebuild(sampleTargets(weights))
  const running = new Array<SampleTarget | undefined>(RUNNING).fill(undefined)
  return {
    name,
    operations: PICKS,
    run() {
      for (let request = 0; request < PICKS; request++) {
        const client = CLIENTS[request & 4095]
        const picked = client && balancer.pick(client)
        if (!picked) throw new Error(`${name}: nothing was picked`)
        const slot = request % RUNNING
        const ended = running[slot]
        running[slot] = picked
        picked.load++
        balancer.loadChanged?.(picked)
        if (!ended) continue
        ended.load--
        balancer.loadChanged?.(ended)
      }
      return PICKS
    }
  }
}

/** One backend leaves and comes back, and some requests follow each time. */
function changes(algorithm: AlgorithmId, size: number): Subject {
  const balancer = createBalancer<SampleTarget>(algorithm, seededRandom(1))
  const targets = sampleTargets(arbitraryWeights(size))
  balancer.rebuild(targets)
  return {
    name: `${algorithm}, ${size} backends`,
    operations: REBUILDS,
    run() {
      let picked = 0
      for (let change = 0; change < REBUILDS; change++) {
        balancer.rebuild(change % 2 === 0 ? targets.slice(1) : targets)
        for (const client of CLIENTS.slice(0, 32)) if (balancer.pick(client)) picked++
      }
      return picked
    }
  }
}

const algorithms = (Object.keys(ALGORITHMS) as AlgorithmId[]).filter((id) => id !== 'failover')

for (const algorithm of algorithms) {
  compare(`${algorithm}: a request, equal weights`, [
    ...SIZES.map((size) =>
      requests(`${size} backends`, algorithm, new Array<number>(size).fill(100))
    )
  ])
  compare(`${algorithm}: a request, arbitrary weights`, [
    ...SIZES.map((size) => requests(`${size} backends`, algorithm, arbitraryWeights(size)))
  ])
}

for (const size of [10, 1000]) {
  compare(
    `A change of the pool and 32 requests after it, ${size} backends`,
    algorithms.map((algorithm) => changes(algorithm, size))
  )
}
