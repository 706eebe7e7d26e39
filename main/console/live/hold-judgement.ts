/**
 * A pool whose requests may wait for a backend that comes back. It is no outage while they do: the
 * worst that a user sees decides, and that is a request that waited in vain.
 */
import type { FleetHold, FleetPool } from '../../../proxy-core/model/engine-telemetry.ts'
import { canServe } from './backend-status.ts'
import {
  goingWords,
  isStoodIn,
  limitWords,
  lostWords,
  operatorWords,
  placesWords
} from './hold-words.ts'
import { whyNobody } from './out-of-service.ts'
import type { PoolFacts, PoolJudgement } from './pool-status.ts'
import { sentence, type LocalTime } from './wording.ts'

/** Of a pool that serves nobody now; null: it holds no requests. */
export function judgeWhileAllWait({ pool, waiting, time }: PoolFacts): PoolJudgement | null {
  const { hold } = pool
  if (hold === null) return null
  const lost = lostWords(hold, waiting)
  // Without an operator's word they are told at once that nobody serves.
  const going = hold.operator === null ? goingWords(hold) : ''
  const places = placesWords(hold, waiting) || limitWords(hold)
  const reasons = [...whyOf(pool, hold, time), lost, going, places]
  const isDown = !isStoodIn(hold) && (lost !== '' || going !== '')
  return {
    status: isDown ? 'down' : 'degraded',
    statusWord: wordOf(hold, isDown),
    statusReason: spoken(reasons)
  }
}

/** What a wait of those whom somebody serves adds to how their pool is otherwise. */
export function withWaiting(judged: PoolJudgement, { pool, waiting }: PoolFacts): PoolJudgement {
  if (pool.hold === null || waiting === null) return judged
  const lost = lostWords(pool.hold, waiting)
  const reasons = [lost, placesWords(pool.hold, waiting)]
  if (judged.status !== 'serving') {
    return { ...judged, statusReason: spoken([judged.statusReason, ...reasons]) }
  }
  const isFailing = lost !== '' && !isStoodIn(pool.hold)
  const statusWord = isFailing ? 'Degraded, errors' : 'Degraded, requests wait'
  return { status: 'degraded', statusWord, statusReason: spoken([...reasons, judged.statusReason]) }
}

function wordOf({ operator }: FleetHold, isDown: boolean): string {
  if (operator !== null) return isDown ? 'Held, requests fail' : 'Held by an operator'
  return isDown ? 'Down' : 'Requests wait'
}

function whyOf(pool: FleetPool, { operator }: FleetHold, time: LocalTime): string[] {
  const { failover, backends } = pool
  const held =
    operator === null ? '' : `an operator holds its requests ${operatorWords(operator, time)}`
  if (!backends.some(canServe)) return [held, `nobody can serve: ${whyNobody(pool)}`]
  if (failover?.isWaiting !== true) return [held]
  return [held, `level ${failover.level} is lost and waited for until its delay is over`]
}

function spoken(parts: readonly string[]): string {
  return parts
    .filter((part) => part !== '')
    .map(sentence)
    .join(' ')
}
