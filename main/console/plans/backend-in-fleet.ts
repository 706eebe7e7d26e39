/** A backend as a plan looks at it: itself, its pool, and who would serve without it. */
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { readTrafficRow, type TrafficRates } from '../../../proxy-core/model/traffic-row.ts'
import type { LiveBackend, LiveFleet, LivePool } from '../../../preload/contract/live-state.ts'
import { canServe } from '../live/backend-status.ts'
import { listed } from '../live/wording.ts'
import type { LiveView } from './plan-services.ts'

/** A command is answered before the state that it led to is told; this long is waited for that. */
const SHOWN_WITHIN_MS = 1_000

export interface BackendInFleet {
  readonly pool: LivePool
  readonly backend: LiveBackend
  /** Those that can serve now beside it. */
  readonly others: readonly LiveBackend[]
  /** null while no numbers come. */
  readonly rates: TrafficRates | null
}

/** Throws POOL_UNKNOWN, BACKEND_UNKNOWN. */
export function backendInFleet(live: LiveView, pool: string, address: string): BackendInFleet {
  const { pools, revision } = live.fleet
  const poolAt = pools.findIndex(({ name }) => name === pool)
  const found = pools[poolAt]
  if (!found) {
    throw new SwitchyardError('POOL_UNKNOWN', `The running configuration has no pool ${pool}.`)
  }
  const at = found.backends.findIndex((candidate) => candidate.address === address)
  const backend = found.backends[at]
  if (!backend) {
    throw new SwitchyardError('BACKEND_UNKNOWN', `The pool ${pool} has no backend ${address}.`)
  }
  const numbers = live.numbers?.revision === revision ? live.numbers : null
  const row = numbers?.pools[poolAt]?.backends[at]
  return {
    pool: found,
    backend,
    others: found.backends.filter((other) => other !== backend && canServe(other)),
    rates: row ? readTrafficRow(row) : null
  }
}

/** What every plan about one backend depends on. */
export function backendFacts(found: BackendInFleet): Record<string, string> {
  const { pool, backend, others } = found
  return {
    [`the state of ${backend.address}`]: backend.adminState,
    [`the weight of ${backend.address}`]: String(backend.weight),
    [`the health of ${backend.address}`]: backend.health,
    [`who else serves ${pool.name}`]: others.map(({ address }) => address).join(', ') || 'nobody'
  }
}

/** What could go wrong when this backend gets no requests any more. */
export function lossWarnings({ pool, backend, others }: BackendInFleet): string[] {
  if (!canServe(backend)) return []
  if (others.length === 0) {
    return [`Nobody else in ${pool.name} can serve: every request will get a 503.`]
  }
  const warnings: string[] = []
  if (backend.level === 0 && others.every(({ level }) => level > 0)) {
    warnings.push(`Only backups are left: ${namesOf(others)} will serve.`)
  }
  const weak = others.filter(({ statusWord }) => statusWord.startsWith('Failing'))
  if (weak.length > 0) warnings.push(`${namesOf(weak)} may go down: probes of it have just failed.`)
  return warnings
}

/** Who takes the requests over; "" when nobody does. */
export function takeOver({ backend, others, rates }: BackendInFleet): string {
  if (!canServe(backend) || others.length === 0) return ''
  const nearest = Math.min(...others.map(({ level }) => level))
  const heirs = others.filter(({ level }) => level === nearest)
  const share = rates && rates.rps >= 1 ? ` (now ${Math.round(rates.rps)} req/s)` : ''
  return `${namesOf(heirs)} will take its requests${share}.`
}

/** Resolves when the fleet shows it, or when it has had its time: the command itself is done. */
export async function untilShown(
  live: LiveView,
  clock: { setTimeout(callback: () => void, delayMs: number): { cancel(): void } },
  isShown: (fleet: LiveFleet) => boolean
): Promise<void> {
  if (isShown(live.fleet)) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const release = live.onFleet((fleet) => {
    if (isShown(fleet)) resolve()
  })
  const timer = clock.setTimeout(resolve, SHOWN_WITHIN_MS)
  await promise
  timer.cancel()
  release()
}

function namesOf(backends: readonly LiveBackend[]): string {
  return listed(backends.map(({ address }) => address))
}
