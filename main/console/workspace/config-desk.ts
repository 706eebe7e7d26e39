/** What the plans `apply_config` and `restore_config` ask of the workspace. */
import type { ConfigProblemLine, Environment } from '../../../preload/contract/workspace-state.ts'

export interface ConfigPlan {
  /** "api" or "switchyard.yaml": what is changed. */
  readonly subject: string
  readonly environment: Environment
  /** Human sentences; never empty. */
  readonly changes: readonly string[]
  /** Any `error` among them: applying it would be refused with CONFIG_INVALID. */
  readonly problems: readonly ConfigProblemLine[]
  /** What could go wrong, as sentences. */
  readonly warnings: readonly string[]
  /** A pool or listener goes away, or a pool loses its last backend. */
  readonly isDestructive: boolean
  /** Only comments or the order of what has none differ from what runs. */
  readonly isHarmless: boolean
  /** The running engine cannot take it: it is drained, and another one is started. */
  readonly restart: ConfigRestart | null
  /** Everything that the plan depends on: hash these together. */
  readonly stateHashParts: readonly string[]
}

export interface ConfigRestart {
  /** Why, as a sentence. */
  readonly reason: string
  /** How long open connections are waited for; 0 = without end. */
  readonly drainMs: number
}

export interface AppliedConfig {
  /** "Applied: 2 backends added to api." */
  readonly sentence: string
  /** Of what runs now; null where no history is kept. */
  readonly versionId: number | null
  /** Of what ran before, for an undo by `restore_config`; null when there is none. */
  readonly previousVersionId: number | null
}

export interface ConfigDesk {
  /** Throws WORKSPACE_NONE, CONFIG_NOT_STAGED. */
  planStaged(): Promise<ConfigPlan>
  /**
   * Checks, lets the engine load it (or starts another one with it where the plan said `restart`),
   * and only then writes the file. Throws CONFIG_INVALID,
   * CONFIG_CHANGED_ON_DISK (unless the last `planStaged` showed that very text of the disk as
   * changed), CONFIG_UNWRITABLE (it stays staged, and the engine runs what it ran before), and
   * the engine's refusals: then what ran before runs. `planned` is `plannedState` of the plan that
   * was confirmed: where something else is staged, on disk or running by now, it is PLAN_OUTDATED.
   */
  applyStaged(actor: string, reason: string, planned: string): Promise<AppliedConfig>
  /** Throws WORKSPACE_NONE, CONFIG_VERSION_UNKNOWN. */
  planRestore(versionId: number): Promise<ConfigPlan>
  /** Giving up what is staged, which loads the file. Throws WORKSPACE_NONE, CONFIG_NOT_STAGED. */
  planDiscard(): Promise<ConfigPlan>
  /**
   * Loads the file and gives up what is staged; where the engine refuses the file, it stays.
   * Throws the same, CONFIG_INVALID, CONFIG_UNREADABLE, PLAN_OUTDATED, and the engine's refusals.
   */
  discard(actor: string, reason: string, planned: string): Promise<AppliedConfig>
  /** As `applyStaged`; what is staged stays staged. */
  restore(versionId: number, actor: string, reason: string, planned: string): Promise<AppliedConfig>
}

/** What a plan of a configuration depends on, in one word. */
export function plannedState({ stateHashParts }: Pick<ConfigPlan, 'stateHashParts'>): string {
  return stateHashParts.join('\n')
}
