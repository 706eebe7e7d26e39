/** The event of a pool whose share of errors rose or fell back. */
import { percent } from '../live/wording.ts'
import type { ErrorChange } from '../live/live-board.ts'
import { losing, regaining } from './capacity.ts'
import type { EventBody } from './event-body.ts'

export function errorEvent({ pool, rise }: ErrorChange): EventBody {
  const capacity = { kind: 'answers', pool } as const
  if (rise === null) {
    const text = `Pool ${pool}: its requests are answered without errors again.`
    const body = { kind: 'errors_normal', severity: 'notice', actor: 'traffic', text } as const
    return { ...body, pool, capacity: regaining(capacity) }
  }
  const text = `Pool ${pool}: ${percent(rise.share)} of its requests fail.`
  const body = { kind: 'errors_high', severity: 'critical', actor: 'traffic', text } as const
  return { ...body, pool, atMs: rise.sinceMs, capacity: losing(capacity) }
}
