/** The configuration that the console works on: a file on disk, the demo, or nothing yet. */
import { z } from 'zod'

/** Not status colours: dev is plain, staging hatched, prod inverted. */
export const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const

export const configProblemSchema = z.strictObject({
  severity: z.enum(['error', 'warning']),
  /** From 1; 0 where no line is known. */
  line: z.int().nonnegative(),
  column: z.int().nonnegative(),
  path: z.string(),
  message: z.string(),
  /** The nearest known key or value; null = none is near. */
  suggestion: z.string().nullable()
})

export const demoStateSchema = z.strictObject({
  backends: z.array(
    z.strictObject({ name: z.string(), address: z.string(), isRunning: z.boolean() })
  ),
  listenerUrl: z.string(),
  rateRps: z.number()
})

export const workspaceStateSchema = z.strictObject({
  kind: z.enum(['none', 'demo', 'file']),
  /** Base name of the file, "demo", or "". */
  name: z.string(),
  /** Absolute path; null without a file. */
  file: z.string().nullable(),
  environment: z.enum(ENVIRONMENTS),
  /** Hash of the text that the engine runs; null before the first load. */
  runningHash: z.string().nullable(),
  /** Hash of the text on disk now. */
  diskHash: z.string().nullable(),
  /** Hash of the text that is staged and not applied; null = nothing is. */
  stagedHash: z.string().nullable(),
  /** The same in sentences; empty = nothing is. */
  staged: z.array(z.string()),
  /** Of the text on disk: the last refused one, with its lines. */
  problems: z.array(configProblemSchema),
  recentFiles: z.array(z.string()).max(10),
  demo: demoStateSchema.nullable(),
  /** What a console that ended without a stop has left behind; null = nothing, or dismissed. */
  lastEnd: z.strictObject({ atMs: z.number(), sentence: z.string() }).nullable()
})

/** A longer text runs, but is edited with other programs: it would not fit into a frame. */
export const MAX_EDITABLE_CHARACTERS = 400_000

export const configTextSchema = z.strictObject({
  /** Empty where `isTooLarge`. */
  text: z.string(),
  /** Of the whole text, with its secrets. */
  hash: z.string(),
  /** Secrets are shown as MASKED and kept when a text with them comes back. */
  hasMaskedSecrets: z.boolean(),
  /** The text is too large to be shown and edited here; `config.stage` is CONFIG_TOO_LARGE then. */
  isTooLarge: z.literal(true).optional()
})

export const configReviewSchema = z.strictObject({
  /** The staged text; the one on disk when nothing is staged, else the running one. */
  staged: configTextSchema,
  running: configTextSchema,
  /** The file, where it has changed since the staged edit began; else null. */
  onDisk: configTextSchema.nullable(),
  problems: z.array(configProblemSchema),
  /** Human sentences: "2 backends added to api". */
  changes: z.array(z.string())
})

export const configVersionSchema = z.strictObject({
  id: z.int().positive(),
  atMs: z.number(),
  actor: z.string(),
  reason: z.string(),
  /** "2 backends added to api". */
  summary: z.string(),
  hash: z.string(),
  isRunning: z.boolean()
})

export type Environment = (typeof ENVIRONMENTS)[number]
export type WorkspaceState = Readonly<z.infer<typeof workspaceStateSchema>>
export type DemoState = Readonly<z.infer<typeof demoStateSchema>>
export type ConfigProblemLine = Readonly<z.infer<typeof configProblemSchema>>
export type ConfigText = Readonly<z.infer<typeof configTextSchema>>
export type ConfigReview = Readonly<z.infer<typeof configReviewSchema>>
export type ConfigVersion = Readonly<z.infer<typeof configVersionSchema>>
