/** What a pick costs by algorithm and pool size, and what a change of the pool costs. */
import type { AlgorithmId } from '../../../proxy-core/model/algorithm.ts'
import { HASH_METHODS } from '../../../proxy-core/model/balance-settings.ts'
import type { BalanceOptions } from '../../../proxy-core/balance/balancer.ts'
import { ALGORITHMS, createBalancer } from '../../../proxy-core/balance/registry.ts'
import { membersOf } from '../../../proxy-core/balance/sample-keys.ts'
import {
  sampleClient,
  sampleOptions,
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

/** An algorithm as a pool may have it. */
interface Variant {
  readonly name: string
  readonly algorithm: AlgorithmId
  readonly options: Partial<BalanceOptions>
}

const KEY = { kind: 'header', name: 'x-case-id' } as const

const VARIANTS: readonly Variant[] = [
  ...(Object.keys(ALGORITHMS) as AlgorithmId[])
    .filter((algorithm) => algorithm !== 'failover' && algorithm !== 'hash')
    .map((algorithm) => ({ name: algorithm, algorithm, options: {} })),
  ...HASH_METHODS.flatMap((method): readonly Variant[] => [
    {
      name: `hash, ${method}`,
      algorithm: 'hash',
      options: { hash: { key: KEY, method, loadBound: 0 } }
    },
    {
      name: `hash, ${method}, load_bound 125%`,
      algorithm: 'hash',
      options: { hash: { key: KEY, method, loadBound: 1.25 } }
    }
  ])
]

function balancerOf(
  { algorithm, options }: Variant,
  targets: readonly SampleTarget[]
): ReturnType<typeof createBalancer<SampleTarget>> {
  const members = membersOf(targets)
  const now = (): number => performance.now()
  return createBalancer(algorithm, seededRandom(1), sampleOptions({ members, now, ...options }))
}

/** One request: a pick, a load that grows, and an earlier request that ends. */
function requests(name: string, variant: Variant, weights: readonly number[]): Subject {
  const targets = sampleTargets(weights)
  const balancer = balancerOf(variant, targets)
  balancer.rebuild(targets)
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
        balancer.observed?.(ended, 5, false)
      }
      return PICKS
    }
  }
}

/** One backend leaves and comes back, and some requests follow each time. */
function changes(variant: Variant, size: number): Subject {
  const targets = sampleTargets(arbitraryWeights(size))
  const balancer = balancerOf(variant, targets)
  balancer.rebuild(targets)
  return {
    name: variant.name,
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

for (const variant of VARIANTS) {
  compare(`${variant.name}: a request, equal weights`, [
    ...SIZES.map((size) => requests(`${size} backends`, variant, new Array<number>(size).fill(100)))
  ])
  compare(`${variant.name}: a request, arbitrary weights`, [
    ...SIZES.map((size) => requests(`${size} backends`, variant, arbitraryWeights(size)))
  ])
}

for (const size of [10, 1000]) {
  compare(
    `A change of the pool and 32 requests after it, ${size} backends`,
    VARIANTS.map((variant) => changes(variant, size))
  )
}
