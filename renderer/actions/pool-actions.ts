/** From pool to pool. */
import { action, type Action, type ActionContext, type ActionValues } from './action.ts'
import { poolsOf, READ_ONLY } from './fleet-lookup.ts'
import { HOLD_TIMES, holdTimeProblem, parseHoldTime } from './hold-times.ts'

const NO_POOLS = 'No configuration with pools is open.'
const NO_LINES = 'No pool lets its requests wait: none has a `buffer`.'
const NO_LEVELS = 'No pool has a second level to fail over to.'

const hasPools = (context: ActionContext): true | string =>
  poolsOf(context).length > 0 ? true : NO_POOLS

/** true where some pool has a second level, and changes are allowed. */
function canFailOver(context: ActionContext, { pool }: ActionValues): true | string {
  if (context.console.preferences.safety.isReadOnly) return READ_ONLY
  const pools = poolsOf(context)
  const chosen = pools.find(({ name }) => name === pool)
  if (chosen !== undefined && chosen.failover === null) {
    return `${chosen.name} cannot be switched by hand: ${chosen.failoverObstacle ?? 'it has one level'}.`
  }
  return pools.some(({ failover }) => failover !== null) ? true : NO_LEVELS
}

/** true where some pool holds requests, and changes are allowed. */
function canHold(context: ActionContext, { pool }: ActionValues): true | string {
  if (context.console.preferences.safety.isReadOnly) return READ_ONLY
  const pools = poolsOf(context)
  const chosen = pools.find(({ name }) => name === pool)
  if (chosen !== undefined && chosen.hold === null) {
    return `Requests to ${chosen.name} cannot wait: it has no \`buffer\`.`
  }
  return pools.some(({ hold }) => hold !== null) ? true : NO_LINES
}

/** Refuses where no operator holds any. */
function canRelease(context: ActionContext, values: ActionValues): true | string {
  const answer = canHold(context, values)
  if (answer !== true) return answer
  const { pool } = values
  const isHeld = poolsOf(context).some(
    ({ name, hold }) => (pool === undefined || name === pool) && hold?.operator != null
  )
  return isHeld ? true : `No operator holds requests${pool === undefined ? '' : ` to ${pool}`}.`
}

/** Wraps around at both ends. */
function step(context: ActionContext, by: 1 | -1): void {
  const pools = poolsOf(context)
  const { selection } = context.console
  const at = pools.findIndex(({ name }) => name === selection.pool)
  const from = at === -1 && by === -1 ? 0 : at
  const next = pools[(from + by + pools.length) % pools.length]
  if (next !== undefined) selection.select({ kind: 'pool', pool: next.name })
}

export const POOL_ACTIONS: readonly Action[] = [
  action({
    id: 'pool.previous',
    section: 'Pool',
    title: 'Previous pool',
    keywords: ['select', 'back'],
    icon: 'chevron-left',
    keys: ['['],
    when: hasPools,
    run: (context) => step(context, -1)
  }),
  action({
    id: 'pool.next',
    section: 'Pool',
    title: 'Next pool',
    keywords: ['select', 'forward'],
    icon: 'chevron-right',
    keys: [']'],
    when: hasPools,
    run: (context) => step(context, 1)
  }),
  action({
    id: 'pool.activate-failover',
    section: 'Pool',
    title: 'Activate failover…',
    keywords: ['switch', 'standby', 'backup', 'takeover', 'latch'],
    icon: 'arrow-left-right',
    keys: ['f'],
    danger: 'plan',
    asks: [{ kind: 'pool', title: 'Activate the failover of which pool?' }],
    when: canFailOver,
    run: ({ console }, { pool }) =>
      console.plans.request({
        kind: 'activate_failover',
        pool: pool ?? '',
        level: null,
        isForced: false
      })
  }),
  action({
    id: 'pool.deactivate-failover',
    section: 'Pool',
    title: 'Deactivate failover…',
    keywords: ['release', 'failback', 'return', 'primary', 'unlatch'],
    icon: 'undo',
    danger: 'plan',
    asks: [{ kind: 'pool', title: 'Deactivate the failover of which pool?' }],
    when: canFailOver,
    run: ({ console }, { pool }) =>
      console.plans.request({ kind: 'deactivate_failover', pool: pool ?? '' })
  }),
  action({
    id: 'pool.hold',
    section: 'Pool',
    title: 'Hold requests…',
    keywords: ['buffer', 'wait', 'pause', 'restart', 'maintenance', 'queue'],
    icon: 'hourglass',
    keys: ['h'],
    danger: 'plan',
    asks: [
      { kind: 'pool', title: 'Hold the requests to which pool?' },
      {
        kind: 'text',
        title: 'For how long?',
        placeholder: 'For how long? As in 30s or 5m',
        suggestions: () => HOLD_TIMES,
        problem: holdTimeProblem
      }
    ],
    when: canHold,
    run: ({ console }, { pool, text }) =>
      console.plans.request({
        kind: 'hold_pool',
        pool: pool ?? '',
        forMs: parseHoldTime(text ?? '') ?? 0
      })
  }),
  action({
    id: 'pool.release',
    section: 'Pool',
    title: 'Release requests…',
    keywords: ['buffer', 'resume', 'let go', 'end hold', 'unhold'],
    icon: 'play',
    danger: 'plan',
    asks: [{ kind: 'pool', title: 'Release the requests to which pool?' }],
    when: canRelease,
    run: ({ console }, { pool }) =>
      console.plans.request({ kind: 'release_pool', pool: pool ?? '' })
  }),
  action({
    id: 'pool.open',
    section: 'Pool',
    title: 'Show a pool…',
    keywords: ['open', 'inspect', 'find'],
    icon: 'layers',
    asks: [{ kind: 'pool', title: 'Which pool?' }],
    when: hasPools,
    run: ({ console }, { pool }) => console.router.go('pools', { pool: pool ?? null })
  })
]
