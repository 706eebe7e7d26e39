/** Every check of how options fit together. Adding one is one file and one line here. */
import { checkAdmin } from './checks/admin.ts'
import { checkBalancing } from './checks/balancing.ts'
import { checkFailover } from './checks/failover.ts'
import { checkListeners } from './checks/listeners.ts'
import { checkNames } from './checks/names.ts'
import { checkNotification } from './checks/notification.ts'
import { checkPools } from './checks/pools.ts'
import { checkRateLimits } from './checks/rate-limits.ts'
import { checkReferences } from './checks/references.ts'
import { checkResilience } from './checks/resilience.ts'
import { checkRoutes } from './checks/routes.ts'
import { checkSticky } from './checks/sticky.ts'
import { checkStore } from './checks/store.ts'
import type { Finding } from './finding.ts'
import { LooseNode, type CrossCheck } from './loose-document.ts'

const CROSS_CHECKS: readonly CrossCheck[] = [
  checkNames,
  checkReferences,
  checkListeners,
  checkAdmin,
  checkRoutes,
  checkRateLimits,
  checkPools,
  checkBalancing,
  checkResilience,
  checkNotification,
  checkSticky,
  checkStore,
  checkFailover
]

export function crossCheck(document: unknown): readonly Finding[] {
  const root = new LooseNode(document)
  return CROSS_CHECKS.flatMap((check) => [...check(root)])
}
