/**
 * One pool in the words of the console: the worst that its users may notice, not the state of its
 * worst backend. `down` means that nobody can serve; a person's drain alone degrades nothing.
 */
import type {
  FleetBackend,
  FleetFailover,
  FleetPool
} from '../../../proxy-core/model/engine-telemetry.ts'
import type { ServiceStatus } from '../../../preload/contract/status.ts'
import { canServe } from './backend-status.ts'
import type { ErrorRise } from './error-watch.ts'
import { counted, listed, percent } from './wording.ts'

export interface PoolFacts {
  readonly pool: FleetPool
  /** null: its share of errors is normal. */
  readonly errors: ErrorRise | null
  /** The first probes are done and the listeners are open. */
  readonly isReady: boolean
  /** No engine runs: these facts are of its last life. */
  readonly isStale: boolean
}

export interface PoolJudgement {
  readonly status: ServiceStatus
  /** "Serving", "Degraded, on backup", "Down". */
  readonly statusWord: string
  readonly statusReason: string
}

export function judgePool(facts: PoolFacts): PoolJudgement {
  const { pool, errors, isReady, isStale } = facts
  if (isStale) return judged('unknown', 'Unknown', 'No engine runs that could know its state.')
  if (pool.backends.length === 0) {
    return judged('idle', 'No backends', 'It has no backends, so every request gets a 503.')
  }
  if (!isReady) return judged('unknown', 'Starting', 'Its backends are probed for the first time.')
  const serving = pool.backends.filter(canServe)
  if (serving.length === 0) return judged('down', 'Down', `Nobody can serve: ${whyNobody(pool)}.`)
  if (pool.failover?.isWaiting) return waiting(pool.failover)
  if (pool.activeLevel > 0) return onBackup(pool, serving)
  if (errors) return withErrors(pool, errors)
  return ofPrimaries(pool)
}

/** Backends that should serve and do not, for reasons that no operator gave. */
export function failedOf(pool: { readonly backends: readonly FleetBackend[] }): FleetBackend[] {
  return pool.backends.filter((backend) => backend.adminState === 'ready' && !backend.isEligible)
}

/** Backends that an operator holds back. */
export function heldOf(pool: { readonly backends: readonly FleetBackend[] }): FleetBackend[] {
  return pool.backends.filter((backend) => backend.adminState !== 'ready')
}

/** "all 3 are down", "2 are down, 1 is held back by an operator". */
export function whyNobody(pool: { readonly backends: readonly FleetBackend[] }): string {
  const failed = failedOf(pool)
  const down = failed.filter(({ health }) => health === 'down').length
  const held = heldOf(pool).length
  const weightless = pool.backends.filter((backend) => backend.isEligible && backend.weight === 0)
  const groups: readonly (readonly [number, string])[] = [
    [down, 'down'],
    [failed.length - down, 'not probed successfully yet'],
    [held, 'held back by an operator'],
    [weightless.length, 'at weight 0']
  ]
  const named = groups.filter(([count]) => count > 0)
  const total = pool.backends.length
  if (named.length > 1 || total === 0) {
    return named.map(([count, what]) => `${count} ${isAre(count)} ${what}`).join(', ')
  }
  const what = named[0]?.[1] ?? 'out of the rotation'
  if (total === 1) return `its only backend is ${what}`
  return `${total === 2 ? 'both' : `all ${total}`} are ${what}`
}

/** Nobody serves although backups could: the delay of the lost level runs. */
function waiting({ level }: FleetFailover): PoolJudgement {
  const reason = `Level ${level} is lost. Requests wait for it until its delay is over.`
  return judged('degraded', 'Degraded, requests wait', reason)
}

function onBackup(pool: FleetPool, serving: readonly FleetBackend[]): PoolJudgement {
  const names = serving
    .filter(({ level }) => level === pool.activeLevel)
    .map(({ address }) => address)
  const verb = names.length === 1 ? 'serves' : 'serve'
  const who = `${listed(names)} (backup level ${pool.activeLevel}) ${verb}`
  const { failover, failoverObstacle } = pool
  if (failover?.latchedLevel != null && failoverObstacle === null) {
    const by = failover.latchReason === null ? '' : `: ${failover.latchReason}`
    const reason = `An operator activated the failover${by}. Now ${who}.`
    return judged('degraded', 'Held on backup', reason)
  }
  const home = failover?.levels[0]
  if (home !== undefined && !home.isLost) {
    return judged('degraded', 'Degraded, on backup', `The primaries recover; until then ${who}.`)
  }
  return judged('degraded', 'Degraded, on backup', `No primary can serve; ${who}.`)
}

function withErrors(pool: FleetPool, { share }: ErrorRise): PoolJudgement {
  const isAllWell = failedOf(pool).length === 0
  const contrast = isAllWell ? ', although no backend is down' : ''
  const reason = `${percent(share)} of its requests fail${contrast}.`
  return judged('degraded', 'Degraded, errors', reason)
}

function ofPrimaries(pool: FleetPool): PoolJudgement {
  const primaries = pool.backends.filter(({ level }) => level === 0)
  const failed = failedOf({ backends: primaries })
  if (failed.length > 0) {
    const left = primaries.filter(canServe).length
    const word = `Degraded, ${left} of ${primaries.length}`
    return judged(
      'degraded',
      word,
      `${namesOf(failed)} cannot serve; the others take the requests.`
    )
  }
  return judged('serving', 'Serving', reserves(pool, primaries))
}

/** What does not hurt anybody yet. */
function reserves(pool: FleetPool, primaries: readonly FleetBackend[]): string {
  const serving = primaries.filter(canServe).length
  const parts = [`${serving} of ${counted(primaries.length, 'primary backend')} can serve.`]
  const held = heldOf({ backends: primaries })
  if (held.length > 0) parts.push(`An operator holds ${namesOf(held)} back.`)
  const backups = pool.backends.filter(({ level }) => level > 0)
  if (backups.length > 0 && !backups.some(canServe)) {
    parts.push('No backup could take over.')
  }
  return parts.join(' ')
}

function namesOf(backends: readonly FleetBackend[]): string {
  return listed(backends.map(({ address }) => address))
}

function isAre(count: number): string {
  return count === 1 ? 'is' : 'are'
}

function judged(status: ServiceStatus, statusWord: string, statusReason: string): PoolJudgement {
  return { status, statusWord, statusReason }
}
