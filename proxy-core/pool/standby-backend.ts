/** A backend as the preview of a failover looks at it. */
import type { StandbyBackend } from '../failover/failover-preview.ts'
import type { Backend } from './backend.ts'

export function standbyOf(backend: Backend): StandbyBackend & { readonly level: number } {
  return {
    level: backend.level,
    address: backend.address,
    isEligible: backend.isEligible && backend.weight > 0,
    health: backend.health,
    reason: standbyReason(backend)
  }
}

/** Half a sentence: why it can serve, or cannot. */
function standbyReason(backend: Backend): string {
  if (backend.adminState !== 'ready') return `${backend.adminState}: ${backend.adminReason}`
  if (backend.weight === 0) return 'its weight is 0'
  return `${backend.health}: ${backend.healthReason}`
}
