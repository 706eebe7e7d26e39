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
import { failedOf, heldOf, whyNobody } from './out-of-service.ts'
import { judgeWhileAllWait, withWaiting } from './hold-judgement.ts'
import type { Waiting } from './hold-watch.ts'
import { doAllWait } from './hold-words.ts'
import { counted, listed, percent, type LocalTime } from './wording.ts'

export interface PoolFacts {
  readonly pool: FleetPool
  /** null: its share of errors is normal. */
  readonly errors: ErrorRise | null
  /** null: nobody waits that would be worth a word. */
  readonly waiting: Waiting | null
  /** The first probes are done and the listeners are open. */
  readonly isReady: boolean
  /** No engine runs: these facts are of its last life. */
  readonly isStale: boolean
  readonly time: LocalTime
}

export interface PoolJudgement {
  readonly status: ServiceStatus
  /** "Serving", "Degraded, on backup", "Down". */
  readonly statusWord: string
  readonly statusReason: string
}

export function judgePool(facts: PoolFacts): PoolJudgement {
  const { pool, isReady, isStale } = facts
  if (isStale) return judged('unknown', 'Unknown', 'No engine runs that could know its state.')
  if (pool.backends.length === 0) {
    return judged('idle', 'No backends', 'It has no backends, so every request gets a 503.')
  }
  if (!isReady) return judged('unknown', 'Starting', 'Its backends are probed for the first time.')
  const held = doAllWait(pool) ? judgeWhileAllWait(facts) : null
  return held ?? withWaiting(ofBackends(facts), facts)
}

function ofBackends({ pool, errors }: PoolFacts): PoolJudgement {
  const serving = pool.backends.filter(canServe)
  if (serving.length === 0) return judged('down', 'Down', `Nobody can serve: ${whyNobody(pool)}.`)
  if (pool.failover?.isWaiting) return inDelay(pool.failover)
  if (pool.activeLevel > 0) return onBackup(pool, serving)
  if (errors) return withErrors(pool, errors)
  return ofPrimaries(pool)
}

/** Nobody serves although backups could: the delay of the lost level runs. */
function inDelay({ level }: FleetFailover): PoolJudgement {
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

function judged(status: ServiceStatus, statusWord: string, statusReason: string): PoolJudgement {
  return { status, statusWord, statusReason }
}
