/** Reads of live and recorded traffic. */
import { z } from 'zod'
import { backendEvidenceSchema } from '../../../proxy-core/model/backend-evidence.ts'
import { heldRequestSchema } from '../../../proxy-core/model/hold-report.ts'
import { seriesQuerySchema, seriesSchema } from '../../../proxy-core/model/series.ts'
import { mutation, query } from '../definition.ts'

const backend = z.strictObject({ pool: z.string(), backend: z.string() })

export const LIVE_METHODS = {
  /** Points of the engine's rings; older than they reach, from the 1-minute history. */
  'series.read': query(seriesQuerySchema, seriesSchema),
  'backend.evidence': query(
    backend,
    z.strictObject({
      evidence: backendEvidenceSchema,
      /** Why it is in this state, and what would change it: two or three sentences. */
      explanation: z.array(z.string())
    })
  ),
  /** The next ones of those who wait in a pool for a backend; at most 20. */
  'pool.held': query(
    z.strictObject({ pool: z.string() }),
    z.strictObject({ requests: z.array(heldRequestSchema) })
  ),
  /** Sends one probe now and answers with its result. Danger level 0. */
  'backend.probe': mutation(
    backend,
    z.strictObject({ sentence: z.string(), hasPassed: z.boolean() })
  )
}
