/** What the workspace asks of the engine; `EngineSession` is one. */
import type { EngineLoad, LoadOutcome } from '../../engine-host/engine-link.ts'

export interface EngineDesk {
  /**
   * Starts an engine with its first configuration; one that runs already is ended before. After
   * a refusal none runs, and `reload` starts one. Throws INSTANCE_LOCKED while another process uses the directory,
   * STATE_UNUSABLE, ENGINE_DIED.
   */
  open(load: EngineLoad, stateDirectory: string): Promise<LoadOutcome>
  /**
   * A refusal changes nothing. Starts one where the first configuration was refused. Throws
   * ENGINE_DIED when it is down or ends under the load: it then comes back with this load.
   */
  reload(load: EngineLoad): Promise<LoadOutcome>
  /** Ends the engine and starts it with `load`. */
  restart(load: EngineLoad): Promise<LoadOutcome>
  /** Drains and ends it; nothing happens when none runs. */
  close(): Promise<unknown>
}
