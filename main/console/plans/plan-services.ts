/** What the kinds of plan look at and act on; the console's services fit these. */
import type { EngineCommand } from '../../../proxy-core/model/control-protocol.ts'
import type {
  FailoverActivation,
  FailoverPreview
} from '../../../proxy-core/model/failover-report.ts'
import type { AdminState } from '../../../proxy-core/model/states.ts'
import type { Clock } from '../../../proxy-core/time/clock.ts'
import type { EngineStatus, LiveFleet, LiveNumbers } from '../../../preload/contract/live-state.ts'
import type { Environment, WorkspaceState } from '../../../preload/contract/workspace-state.ts'
import type { LoadOutcome } from '../../engine-host/engine-link.ts'
import type { Release } from '../engine/listeners.ts'
import type { LocalTime } from '../live/wording.ts'
import type { ConfigDesk } from '../workspace/config-desk.ts'

export interface LiveView {
  readonly fleet: LiveFleet
  readonly numbers: LiveNumbers | null
  onFleet(listener: (fleet: LiveFleet) => void): Release
}

export interface EngineControl {
  readonly status: EngineStatus
  command(command: EngineCommand): Promise<void>
  /** What the next one would do now. Throws POOL_UNKNOWN, NO_STANDBY, FAILOVER_NOT_CONFIGURED. */
  failoverPreview(pool: string, activation: FailoverActivation): Promise<FailoverPreview>
  activateFailover(pool: string, activation: FailoverActivation): Promise<void>
  deactivateFailover(pool: string, reason: string): Promise<void>
}

export interface AdminEndBook {
  /**
   * The end of a state that is on its way, so that it is shown with the state and not after it;
   * null as below. Returns its removal, for when the end is kept or the state did not come.
   */
  expect(pool: string, backend: string, untilMs: number | null): Release
  /** `untilMs` null: until an operator ends it. */
  set(pool: string, backend: string, state: AdminState, untilMs: number | null): Promise<void>
}

export interface WorkspaceDesk {
  readonly state: WorkspaceState
  /** Ends the engine of the workspace and gives the workspace up. */
  close(): Promise<unknown>
  /** Throws WORKSPACE_NONE: only a file has one. */
  setEnvironment(environment: Environment): Promise<unknown>
  /** Ends the engine and starts it with the text on disk. Throws WORKSPACE_NONE, ENGINE_DIED. */
  restartEngine(): Promise<LoadOutcome>
}

export interface DemoDesk {
  /** Throws BACKEND_UNKNOWN. */
  setBackend(name: string, isRunning: boolean): Promise<unknown>
}

export interface PlanServices {
  readonly clock: Clock
  readonly live: LiveView
  readonly engine: EngineControl
  readonly ends: AdminEndBook
  readonly workspace: WorkspaceDesk
  readonly config: ConfigDesk
  readonly demo: DemoDesk
  readonly time: LocalTime
}
