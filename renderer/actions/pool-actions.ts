/** From pool to pool. */
import { action, type Action, type ActionContext } from './action.ts'
import { poolsOf } from './fleet-lookup.ts'

const NO_POOLS = 'No configuration with pools is open.'

const hasPools = (context: ActionContext): true | string =>
  poolsOf(context).length > 0 ? true : NO_POOLS

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
