/**
 * The columns of the table of pools. At narrow widths the least important hide; what hides is
 * still in the inspector.
 */
import type { FittingColumn } from './fitting-columns.ts'
import type { SortKey } from './pool-order.ts'

export interface PoolColumn extends FittingColumn {
  readonly id:
    | 'name'
    | 'state'
    | 'since'
    | 'rps'
    | 'errors'
    | 'p95'
    | 'check'
    | 'role'
    | 'streak'
    | 'active'
    | 'weight'
    | 'spark'
  readonly title: string
  /** For the tooltip of the header. */
  readonly explanation: string
  readonly sortBy: SortKey | null
  readonly isNumber: boolean
}

/** In the order of the screen. */
export const POOL_COLUMNS: readonly PoolColumn[] = [
  column('name', 'Backend', 'Pool, or address of a backend', 180, 0, {
    grow: 3,
    narrowPx: 136,
    sortBy: 'name'
  }),
  column('role', 'Role', 'Primary, or level of a backup', 76, 7, { sortBy: 'role' }),
  column('weight', 'Weight', 'Share of the traffic inside its level', 78, 10, { sortBy: 'weight' }),
  column('state', 'State', 'What probes and traffic say; then what people said', 244, 1, {
    grow: 3,
    narrowPx: 110,
    sortBy: 'severity'
  }),
  column('since', 'Since', 'How long it has been in this state', 68, 2, { sortBy: 'since' }),
  column('check', 'Last check', 'Result, duration and age of the newest probe', 180, 6, {
    grow: 1
  }),
  column('streak', 'Streak', 'Newest probes, newest on the right: filled passed', 82, 8),
  column('rps', 'req/s', 'Requests per second', 60, 3, { sortBy: 'rps', isNumber: true }),
  column('errors', 'Errors', 'Share of requests that ended with 5xx or without an answer', 62, 4, {
    sortBy: 'errors',
    isNumber: true
  }),
  column('p95', 'p95', '95 of 100 requests were faster', 66, 5, { sortBy: 'p95', isNumber: true }),
  column('active', 'Active', 'Running requests of those it may have at one time', 68, 9, {
    sortBy: 'active',
    isNumber: true
  }),
  column('spark', 'Last 60 s', 'Requests per second over the last minute', 96, 11)
]

function column(
  id: PoolColumn['id'],
  title: string,
  explanation: string,
  widthPx: number,
  priority: number,
  more: Partial<Pick<PoolColumn, 'grow' | 'sortBy' | 'isNumber' | 'narrowPx'>> = {}
): PoolColumn {
  return {
    id,
    title,
    explanation,
    widthPx,
    priority,
    grow: 0,
    sortBy: null,
    isNumber: false,
    ...more
  }
}
