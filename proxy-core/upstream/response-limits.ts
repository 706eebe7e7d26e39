/** Limits on a backend's response head: generous, because the operator knows the backend. */
import type { HeadLimits } from '../model/settings.ts'

export const RESPONSE_LIMITS: HeadLimits = {
  headBytes: 64 * 1024,
  lineBytes: 8 * 1024,
  fieldCount: 256
}
