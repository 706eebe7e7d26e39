/** What is wrong with one pool, worst first, each as a part of the verdict's sentence. */
import type { FleetBackend } from '../../../proxy-core/model/engine-telemetry.ts'
import { canServe } from './backend-status.ts'
import { lostWords, operatorWords, placesWords } from './hold-words.ts'
import { failedOf, heldOf, whyNobody } from './out-of-service.ts'
import type { JudgedPool } from './verdict.ts'
import { counted, listed, percent, type LocalTime } from './wording.ts'

/** The order in which problems are told. */
const WEIGHTS = {
  ...{ down: 0, lost: 1, errors: 2, operatorHold: 3, waiting: 4, nobodyWhileWaiting: 5 },
  ...{ onBackup: 6, primaryDown: 7, backupDown: 8, held: 9 }
} as const

export interface PoolProblem {
  /** Smaller is worse. */
  readonly weight: number
  readonly sinceMs: number
  readonly text: string
}

export interface ProblemWords {
  /** " in api"; empty where only one pool serves. */
  readonly where: string
  /** "since 02:14 (4 m)". */
  since(atMs: number): string
  readonly time: LocalTime
  /** "03:00": when drain or maintenance of this backend ends; null = by hand. */
  until(backend: string): string | null
}

/** From this many on they are counted and not named. */
const NAMED_AT_MOST = 2

export function poolProblems(pool: JudgedPool, words: ProblemWords): PoolProblem[] {
  const { facts } = pool
  if (!pool.facts.backends.some(canServe)) return [nobody(pool, words), ...waits(pool, words)]
  const isOnBackup = facts.activeLevel > 0
  const primaries = facts.backends.filter(({ level }) => level === 0)
  const backups = facts.backends.filter(({ level }) => level > 0)
  return [
    ...waits(pool, words),
    ...errorsOf(pool, words),
    ...(isOnBackup ? [onBackup(pool, primaries, words)] : primariesDown(pool, primaries, words)),
    ...backupsDown(backups, words),
    ...(isOnBackup ? [] : held(facts.backends, words))
  ]
}

function nobody({ facts, status }: JudgedPool, words: ProblemWords): PoolProblem {
  const sinceMs = latest(facts.backends)
  const text = `nobody can serve ${facts.name} ${words.since(sinceMs)}: ${whyNobody(facts)}`
  const weight = status === 'down' ? WEIGHTS.down : WEIGHTS.nobodyWhileWaiting
  return { weight, sinceMs, text }
}

/** Of a pool that lets them wait: who does, who did in vain, and whether an operator wants it. */
function waits({ facts, waiting }: JudgedPool, { where, time }: ProblemWords): PoolProblem[] {
  const { hold, name } = facts
  if (hold === null) return []
  const { operator } = hold
  const held = operator === null ? '' : operatorWords(operator, time)
  const texts: readonly (readonly [number, string])[] = [
    [WEIGHTS.lost, lostWords(hold, waiting, ` to ${name}`)],
    [WEIGHTS.operatorHold, held === '' ? '' : `an operator holds the requests to ${name} ${held}`],
    [WEIGHTS.waiting, placesWords(hold, waiting, where)]
  ]
  return texts
    .filter(([, text]) => text !== '')
    .map(([weight, text]) => ({ weight, sinceMs: 0, text }))
}

function errorsOf({ facts, errors }: JudgedPool, words: ProblemWords): PoolProblem[] {
  if (!errors) return []
  const { share, sinceMs } = errors
  const text = `${percent(share)} of the requests to ${facts.name} fail ${words.since(sinceMs)}`
  return [{ weight: WEIGHTS.errors, sinceMs, text }]
}

function onBackup(
  { facts }: JudgedPool,
  primaries: readonly FleetBackend[],
  words: ProblemWords
): PoolProblem {
  const sinceMs = latest(primaries.filter((backend) => !canServe(backend)))
  const serving = facts.backends.filter(
    (backend) => canServe(backend) && backend.level === facts.activeLevel
  )
  const verb = serving.length === 1 ? 'has' : 'have'
  const { failover, failoverObstacle } = facts
  if (failover?.latchedLevel != null && failoverObstacle === null) {
    const who = `${namesOf(serving)} (backup level ${facts.activeLevel})`
    const text = `an operator holds the traffic${words.where} on ${who} ${words.since(failover.sinceMs)}`
    return { weight: WEIGHTS.onBackup, sinceMs: failover.sinceMs, text }
  }
  const text =
    `no primary${words.where} can serve ${words.since(sinceMs)}, ` +
    `${namesOf(serving)} (backup level ${facts.activeLevel}) ${verb} taken over`
  return { weight: WEIGHTS.onBackup, sinceMs, text }
}

function primariesDown(
  { facts }: JudgedPool,
  primaries: readonly FleetBackend[],
  words: ProblemWords
): PoolProblem[] {
  const failed = failedOf({ backends: primaries })
  const left = facts.backends.filter(
    (backend) => canServe(backend) && backend.level === facts.activeLevel
  )
  const { failover } = facts
  const waits = failover?.isWaiting ? `, requests wait for level ${failover.level}` : ''
  const moved = left.length > 0 ? `, traffic moved to ${namesOf(left)}` : waits
  return downTexts(failed, words, { after: moved }).map((problem) => ({
    ...problem,
    weight: WEIGHTS.primaryDown
  }))
}

function backupsDown(backups: readonly FleetBackend[], words: ProblemWords): PoolProblem[] {
  return downTexts(failedOf({ backends: backups }), words, { kind: 'backup ' }).map((problem) => ({
    ...problem,
    weight: WEIGHTS.backupDown
  }))
}

/** One text for what is down and one for what was never seen up. */
function downTexts(
  failed: readonly FleetBackend[],
  words: ProblemWords,
  { kind = '', after = '' }
): Omit<PoolProblem, 'weight'>[] {
  const down = failed.filter(({ health }) => health === 'down')
  const waiting = failed.filter(({ health }) => health !== 'down')
  return [
    ...together(down, words, kind, 'down').map((one) => ({ ...one, text: one.text + after })),
    ...together(waiting, words, kind, 'waiting for a passed probe')
  ]
}

function together(
  backends: readonly FleetBackend[],
  { where, since }: ProblemWords,
  kind: string,
  what: string
): Omit<PoolProblem, 'weight'>[] {
  if (backends.length === 0) return []
  const sinceMs = Math.min(...backends.map(({ changedAtMs }) => changedAtMs))
  const who =
    backends.length > NAMED_AT_MOST
      ? counted(backends.length, `${kind}backend`)
      : `${kind}${namesOf(backends)}`
  const verb = backends.length === 1 ? 'is' : 'are'
  return [{ sinceMs, text: `${who}${where} ${verb} ${what} ${since(sinceMs)}` }]
}

/** What a person did is told too: nothing that was taken out may be forgotten. */
function held(backends: readonly FleetBackend[], words: ProblemWords): PoolProblem[] {
  return heldOf({ backends }).map(({ address, adminState, changedAtMs }) => {
    const until = words.until(address)
    const when = until === null ? words.since(changedAtMs) : `until ${until}`
    const what = adminState === 'drain' ? 'is being drained' : 'is in maintenance'
    const text = `${address}${words.where} ${what} ${when}`
    return { weight: WEIGHTS.held, sinceMs: changedAtMs, text }
  })
}

function latest(backends: readonly FleetBackend[]): number {
  return Math.max(...backends.map(({ changedAtMs }) => changedAtMs))
}

function namesOf(backends: readonly FleetBackend[]): string {
  return listed(backends.map(({ address }) => address))
}
