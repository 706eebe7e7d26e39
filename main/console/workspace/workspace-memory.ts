/** What the console remembers about files: which one was open, the recent ones, their environments. */
import { join } from 'node:path'
import { z } from 'zod'
import { ENVIRONMENTS, type Environment } from '../../../preload/contract/workspace-state.ts'
import { KeptJson } from './kept-json.ts'

const MAX_RECENT = 10
/** A file that is no longer recent must not lose its PROD. */
const MAX_ENVIRONMENTS = 500

const memorySchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Opened again at the next start; null = nothing was open. */
  lastOpened: z.string().nullable(),
  /** Newest first. */
  recentFiles: z.array(z.string()).max(MAX_RECENT),
  /** Absolute path → environment; `dev` is not written. */
  environments: z.record(z.string(), z.enum(ENVIRONMENTS))
})

type Memory = z.infer<typeof memorySchema>

const EMPTY: Memory = { schemaVersion: 1, lastOpened: null, recentFiles: [], environments: {} }

export class WorkspaceMemory {
  readonly #kept: KeptJson<Memory>
  #memory: Memory

  private constructor(kept: KeptJson<Memory>, memory: Memory) {
    this.#kept = kept
    this.#memory = memory
  }

  /** Throws STATE_UNUSABLE. */
  static async read(stateFolder: string): Promise<WorkspaceMemory> {
    const kept = new KeptJson(join(stateFolder, 'workspace.json'), memorySchema)
    return new WorkspaceMemory(kept, (await kept.read()) ?? EMPTY)
  }

  get lastOpened(): string | null {
    return this.#memory.lastOpened
  }

  get recentFiles(): readonly string[] {
    return this.#memory.recentFiles
  }

  environmentOf(file: string): Environment {
    return this.#memory.environments[file] ?? 'dev'
  }

  async noteOpened(file: string): Promise<void> {
    const others = this.#memory.recentFiles.filter((recent) => recent !== file)
    const recentFiles = [file, ...others].slice(0, MAX_RECENT)
    await this.#write({ ...this.#memory, lastOpened: file, recentFiles })
  }

  async noteClosed(): Promise<void> {
    if (this.#memory.lastOpened !== null) await this.#write({ ...this.#memory, lastOpened: null })
  }

  async setEnvironment(file: string, environment: Environment): Promise<void> {
    const others = Object.entries(this.#memory.environments).filter(([known]) => known !== file)
    const entries = [[file, environment] as const, ...others]
    const kept = entries.filter(([, one]) => one !== 'dev').slice(0, MAX_ENVIRONMENTS)
    await this.#write({ ...this.#memory, environments: Object.fromEntries(kept) })
  }

  async #write(memory: Memory): Promise<void> {
    await this.#kept.write(memory)
    this.#memory = memory
  }
}
