/** The workspace and its configuration. */
import { z } from 'zod'
import { mutation, query } from '../definition.ts'
import {
  configProblemSchema,
  configReviewSchema,
  configTextSchema,
  configVersionSchema,
  workspaceStateSchema
} from '../workspace-state.ts'

const nothing = z.strictObject({})
const text = z.string().max(900_000)
/** Of the configuration that is meant, as the workspace's state has it: null for the demo. */
const file = z.string().nullable()
const hash = z.string().max(100)

export const WORKSPACE_METHODS = {
  /**
   * Opens a file and runs it. A file with problems is opened too, and nothing runs then: the
   * state carries them. Errors: CONFIG_UNREADABLE, INSTANCE_LOCKED.
   */
  'workspace.open': mutation(z.strictObject({ file: z.string() }), workspaceStateSchema),
  /** Asks with the host's own dialogue, then opens; null when the operator chose nothing. */
  'workspace.choose': mutation(nothing, workspaceStateSchema.nullable()),
  'workspace.dismissLastEnd': mutation(nothing, workspaceStateSchema),
  /** Problems of any text, with lines; nothing is kept. */
  'config.check': query(z.strictObject({ text }), z.array(configProblemSchema)),
  /** The JSON Schema of the configuration, for completion. */
  'config.schema': query(nothing, z.record(z.string(), z.unknown())),
  /** Staged and running text, problems and changes. */
  'config.review': query(nothing, configReviewSchema),
  /**
   * Keeps a text as staged; it survives a reload of the page. `base` is the hash of the text that
   * the edit began with: what filled the editor, or what the same page staged last. The text that
   * is staged already may be staged again. Errors: WORKSPACE_CHANGED, READ_ONLY,
   * CONFIG_STAGED_ELSEWHERE where something else than `base` is staged by now, CONFIG_TOO_LARGE
   * where the text, or what it would replace, is too large to be edited here.
   */
  'config.stage': mutation(z.strictObject({ file, base: hash, text }), configReviewSchema),
  /**
   * Gives the staged text up. Errors: WORKSPACE_CHANGED, READ_ONLY, CONFIG_WAITS where that would
   * load a changed file: `discard_staged` plans it.
   */
  'config.unstage': mutation(z.strictObject({ file }), configReviewSchema),
  /**
   * Stages what was given up last, with the secrets that were typed into it. Errors:
   * WORKSPACE_CHANGED, READ_ONLY, CONFIG_NOT_STAGED where it is not kept any more,
   * CONFIG_STAGED_ELSEWHERE.
   */
  'config.restage': mutation(z.strictObject({ file, hash }), configReviewSchema),
  /** Stages another backend, after the last one of its pool. Errors: as `config.stage`. */
  'config.stageBackend': mutation(
    z.strictObject({
      file,
      pool: z.string(),
      address: z.string(),
      weight: z.int().min(0).max(256),
      /** 0 = primary. */
      level: z.int().min(0).max(100)
    }),
    configReviewSchema
  ),
  /** Newest first, at most 50. */
  'config.versions': query(nothing, z.array(configVersionSchema)),
  'config.version': query(z.strictObject({ id: z.int().positive() }), configTextSchema)
}
