/** From pool to pool. */
import { action, type Action, type ActionContext, type ActionValues } from './action.ts'
import { poolsOf, READ_ONLY } from './fleet-lookup.ts'

const NO_POOLS = 'No configuration with pools is open.'
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
