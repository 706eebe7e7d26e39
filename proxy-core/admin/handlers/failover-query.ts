/** What the four failover paths take in their query, in the names of seed 004. */
import { z } from 'zod'
import type { FailoverActivation } from '../../model/failover-report.ts'
import { reasonText, wholeNumber, yesOrNo } from '../query.ts'

export const DEFAULT_REASON = 'set through the admin API'

const name = z.string({ error: 'must be given, as in ?pool=NAME' })

const pool = name.min(1, { error: 'must be the name of a pool' }).describe('Name of the pool.')

const reason = reasonText.optional().describe('Kept in the events and the log.')

export const statusQuery = z.strictObject({
  pool: pool.optional().describe('Name of the pool. Default: every pool.')
})

export const deactivateQuery = z.strictObject({ pool, reason })

export const activateQuery = z.strictObject({
  pool,
  level: wholeNumber
    .optional()
    .describe(
      'The level that shall serve. Default: the backup level that is latched already, else the backups that serve already, else the first backups that can.'
    ),
  force: yesOrNo
    .optional()
    .describe(
      'Also when that level has fewer than `min_eligible` eligible backends. Default false.'
    ),
  reason
})

export const testQuery = activateQuery.omit({ reason: true })

type Wanted = Readonly<z.output<typeof testQuery>> & { readonly reason?: string | undefined }

export function activationOf({ level, force, reason: given }: Wanted): FailoverActivation {
  return { level: level ?? null, isForced: force ?? false, reason: given ?? DEFAULT_REASON }
}

export function reasonOf({ reason: given }: Pick<Wanted, 'reason'>): string {
  return given ?? DEFAULT_REASON
}
