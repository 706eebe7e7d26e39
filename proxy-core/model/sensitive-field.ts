/** Fields of a head whose values let their bearer in. */
import { SENSITIVE_FIELDS } from './traffic-sample.ts'

const WELL_KNOWN: ReadonlySet<string> = new Set(SENSITIVE_FIELDS)
/** Everybody names their own: X-Auth-Token, X-Vault-Secret, Ocp-Apim-Subscription-Key. */
const TELLING = /auth|token|secret|passw|credential|session|signature|(?:^|[-_])key$/

/** Whether the value of such a field in a configuration is treated as a secret. */
export function isSensitiveField(name: string): boolean {
  const lower = name.toLowerCase()
  return WELL_KNOWN.has(lower) || TELLING.test(lower)
}
