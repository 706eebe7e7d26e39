/** Every kind of plan: a new one is its own file and a line here. */
import { activateFailover } from './kinds/activate-failover.ts'
import { applyConfig } from './kinds/apply-config.ts'
import { closeWorkspace } from './kinds/close-workspace.ts'
import { deactivateFailover } from './kinds/deactivate-failover.ts'
import { discardStaged } from './kinds/discard-staged.ts'
import { holdPool } from './kinds/hold-pool.ts'
import { releasePool } from './kinds/release-pool.ts'
import { restartEngine } from './kinds/restart-engine.ts'
import { restoreConfig } from './kinds/restore-config.ts'
import { setAdminState } from './kinds/set-admin-state.ts'
import { setDemoBackend } from './kinds/set-demo-backend.ts'
import { setEnvironment } from './kinds/set-environment.ts'
import { setWeight } from './kinds/set-weight.ts'
import type { PlanKinds } from './plan-kind.ts'
import type { PlanServices } from './plan-services.ts'

export function planKinds(services: PlanServices): PlanKinds {
  return {
    set_admin_state: setAdminState(services),
    set_weight: setWeight(services),
    activate_failover: activateFailover(services),
    deactivate_failover: deactivateFailover(services),
    hold_pool: holdPool(services),
    release_pool: releasePool(services),
    apply_config: applyConfig(services),
    restore_config: restoreConfig(services),
    discard_staged: discardStaged(services),
    set_demo_backend: setDemoBackend(services),
    set_environment: setEnvironment(services),
    restart_engine: restartEngine(services),
    close_workspace: closeWorkspace(services)
  }
}
