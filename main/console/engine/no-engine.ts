/** The state of a session in which no workspace is open. */
import type { EngineStatus } from '../../../preload/contract/live-state.ts'

export const NO_ENGINE: EngineStatus = {
  phase: 'none',
  pid: null,
  restarts: 0,
  startedAtMs: null,
  reason: null,
  restartAtMs: null
}
