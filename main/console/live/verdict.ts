/**
 * The sentence at the top of the console: are users being served, by whom, and what is wrong since
 * when. It is also the title's, the tray's and the screen reader's, so it stands alone.
 */
import type { Fleet } from '../../../proxy-core/model/engine-telemetry.ts'
import type { EngineStatus } from '../../../preload/contract/live-state.ts'
import type { ServiceStatus, Verdict } from '../../../preload/contract/status.ts'
import type { ErrorRise } from './error-watch.ts'
import type { Waiting } from './hold-watch.ts'
import { doAllWait, isStoodIn } from './hold-words.ts'
import { engineVerdict } from './engine-verdict.ts'
import { poolProblems, type PoolProblem } from './pool-problems.ts'
import { counted, listed, sentence, since, type LocalTime } from './wording.ts'

/** Enough to act on; the screens show the rest. */
const MOST_PROBLEMS = 2

export interface JudgedPool {
  readonly facts: Fleet['pools'][number]
  readonly status: ServiceStatus
  readonly errors: ErrorRise | null
  /** null: nobody waits that would be worth a word. */
  readonly waiting: Waiting | null
}

export interface VerdictFacts {
  readonly engine: EngineStatus
  /** When the engine was last heard, wall-clock milliseconds; null = never. */
  readonly heardAtMs: number | null
  /** null: the engine has not spoken yet. */
  readonly fleet: Pick<Fleet, 'listeners' | 'routes' | 'isReady' | 'isStopping'> | null
  readonly pools: readonly JudgedPool[]
  /** End of drain or maintenance; null = none is set. */
  adminUntilMs(pool: string, backend: string): number | null
  readonly nowMs: number
  readonly time: LocalTime
}

export function verdictOf(facts: VerdictFacts): Verdict {
  const counts = countsOf(facts.pools)
  const without = engineVerdict(facts)
  if (without) return { ...without, ...counts }
  const routed = routedPools(facts)
  const status = statusOf(facts, routed)
  return { status, sentence: spoken(facts, routed, status), short: shortOf(routed), ...counts }
}

type Counts = Pick<Verdict, 'servingBackends' | 'totalBackends'>

function countsOf(pools: readonly JudgedPool[]): Counts {
  const backends = pools.flatMap(({ facts }) => facts.backends)
  return {
    servingBackends: backends.filter(({ isEligible }) => isEligible).length,
    totalBackends: backends.filter(({ adminState }) => adminState !== 'maint').length
  }
}

/** Nobody notices the state of a pool that no route leads to. */
function routedPools({ fleet, pools }: VerdictFacts): readonly JudgedPool[] {
  const names = new Set(fleet?.routes.map(({ pool }) => pool))
  return pools.filter(({ facts }) => names.has(facts.name) && facts.backends.length > 0)
}

function statusOf({ fleet }: VerdictFacts, routed: readonly JudgedPool[]): ServiceStatus {
  const listeners = fleet?.listeners ?? []
  if (listeners.every(({ isOpen }) => !isOpen)) return 'down'
  if (routed.some(({ status }) => status === 'down')) return 'down'
  if (listeners.some(({ isOpen }) => !isOpen)) return 'degraded'
  return routed.some(({ status }) => status === 'degraded') ? 'degraded' : 'serving'
}

function spoken(facts: VerdictFacts, routed: readonly JudgedPool[], status: ServiceStatus): string {
  const problems = [...listenerProblems(facts), ...problemsOf(facts, routed)]
  const shown = problems.slice(0, MOST_PROBLEMS)
  const rest = problems.length - shown.length
  const more = rest > 0 ? [`${counted(rest, 'more problem')} below`] : []
  const body = [healthyCount(routed), ...shown, ...more].filter((part) => part !== '').join('; ')
  return `${headline(facts, routed, status)} ${sentence(body)}`
}

function headline(
  { fleet }: VerdictFacts,
  routed: readonly JudgedPool[],
  status: ServiceStatus
): string {
  if (status === 'down') {
    const isAnyOpen = fleet?.listeners.some(({ isOpen }) => isOpen)
    const isAnyServed = isAnyOpen && routed.some((pool) => pool.status !== 'down')
    return isAnyServed ? 'Partly down.' : 'Not serving.'
  }
  const hasErrors = routed.some(doRequestsFail)
  if (hasErrors) return 'Serving with errors.'
  const waiting = routed.filter(doRequestsWait)
  if (waiting.length > 0) {
    return waiting.length === routed.length ? 'Requests wait.' : 'Some requests wait.'
  }
  const isOnBackup = routed.some(({ facts }) => facts.activeLevel > 0)
  return isOnBackup ? 'Serving from backup.' : 'Serving.'
}

function doRequestsFail({ facts, errors, waiting }: JudgedPool): boolean {
  return errors !== null || ((waiting?.lost ?? 0) > 0 && !isStoodIn(facts.hold))
}

function doRequestsWait({ facts, waiting }: JudgedPool): boolean {
  return doAllWait(facts) || (waiting?.held ?? 0) > 0
}

function healthyCount(routed: readonly JudgedPool[]): string {
  const backends = routed
    .flatMap(({ facts }) => facts.backends)
    .filter(({ adminState }) => adminState !== 'maint')
  const serving = backends.filter(({ isEligible }) => isEligible).length
  // The problem says it better: "none of its 3 backends can serve".
  if (serving === 0) return ''
  const among = routed.length > 1 ? ` in ${routed.length} pools` : ''
  if (!backends.some(({ hasHealthCheck }) => hasHealthCheck)) {
    return `${counted(backends.length, 'backend')}${among} in use, without health checks`
  }
  // Whoever is drained by hand may be healthy all the same.
  const isAnyHeld = backends.some(({ adminState }) => adminState !== 'ready')
  const word = isAnyHeld ? 'taking requests' : 'healthy'
  return `${serving} of ${counted(backends.length, 'backend')}${among} ${word}`
}

function listenerProblems({ fleet }: VerdictFacts): string[] {
  const closed = fleet?.listeners.filter(({ isOpen }) => !isOpen) ?? []
  if (closed.length === 0) return []
  const names = closed.map(({ name, address }) => `${name} (${address})`)
  return [
    `${closed.length === 1 ? 'listener' : 'listeners'} ${listed(names)} ${closed.length === 1 ? 'is' : 'are'} not open`
  ]
}

function problemsOf(facts: VerdictFacts, routed: readonly JudgedPool[]): string[] {
  const { nowMs, time, adminUntilMs } = facts
  const isOnly = routed.length === 1
  const problems = routed.flatMap((pool) =>
    poolProblems(pool, {
      where: isOnly ? '' : ` in ${pool.facts.name}`,
      time,
      since: (atMs) => since(atMs, nowMs, time),
      until: (backend) => {
        const endsAtMs = adminUntilMs(pool.facts.name, backend)
        return endsAtMs === null ? null : time(endsAtMs)
      }
    })
  )
  return problems.sort(byWeight).map(({ text }) => text)
}

function byWeight(left: PoolProblem, right: PoolProblem): number {
  return left.weight - right.weight || left.sinceMs - right.sinceMs
}

function shortOf(routed: readonly JudgedPool[]): string {
  const worst = routed.toSorted((left, right) => rank(left) - rank(right))[0]
  if (worst && (routed.length === 1 || rank(worst) < rank(null))) {
    return `${worst.facts.name} ${countOf([worst])}`
  }
  return `${countOf(routed)} serving`
}

function countOf(pools: readonly JudgedPool[]): string {
  const { servingBackends, totalBackends } = countsOf(pools)
  return `${servingBackends}/${totalBackends}`
}

const RANKS: readonly ServiceStatus[] = ['down', 'degraded', 'unknown', 'idle', 'serving']

function rank(pool: JudgedPool | null): number {
  return RANKS.indexOf(pool?.status ?? 'serving')
}
