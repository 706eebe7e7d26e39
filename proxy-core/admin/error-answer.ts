/** Turns an error into `{ error: { code, message, remedy } }`, and never into a stack trace. */
import { z } from 'zod'
import { SwitchyardError, type ErrorCode } from '../model/error-catalogue.ts'
import { jsonAnswer, type PageAnswer } from './admin-route.ts'

const STATUS_OF: Partial<Record<ErrorCode, number>> = {
  POOL_UNKNOWN: 404,
  BACKEND_UNKNOWN: 404,
  WEIGHT_OUT_OF_RANGE: 400,
  NO_STANDBY: 409,
  FAILOVER_NOT_CONFIGURED: 409,
  HOLD_NOT_CONFIGURED: 409,
  BUFFER_NONE: 409,
  ENTRY_UNKNOWN: 404,
  ENTRY_SETTLED: 409,
  ADMIN_TOKEN_REQUIRED: 401,
  ADMIN_HOST_REFUSED: 403,
  ADMIN_CROSS_SITE_REFUSED: 403,
  ADMIN_PATH_UNKNOWN: 404,
  ADMIN_METHOD_NOT_ALLOWED: 405,
  ADMIN_REQUEST_INVALID: 400,
  ADMIN_BODY_TOO_LARGE: 413,
  ADMIN_STREAMS_EXHAUSTED: 503
}

/** What every refusal looks like. */
export const errorSchema = z.strictObject({
  error: z.strictObject({
    code: z.string().describe('Never changes its meaning; docs/reference/errors.md has all.'),
    message: z.string().describe('What, where and why.'),
    remedy: z.string().describe('What can be done.')
  })
})

export function statusOf(code: ErrorCode): number {
  return STATUS_OF[code] ?? 500
}

/** An error that is not ours says nothing of itself to the client. */
export function errorAnswer(error: unknown): PageAnswer {
  const known =
    error instanceof SwitchyardError
      ? error
      : new SwitchyardError('INTERNAL', 'The request could not be answered.')
  const { code, message, remedy } = known
  return jsonAnswer({ error: { code, message, remedy } }, statusOf(code))
}
