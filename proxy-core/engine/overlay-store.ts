/**
 * The operator's overlay (administrative states, live weights, latched failovers) on disk, so
 * that a backend taken out for maintenance stays out across restarts. One small JSON file,
 * replaced by rename: a reader sees the old or the new one, never half of one.
 */
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { SwitchyardError } from '../model/error-catalogue.ts'
import { ADMIN_STATES, MAX_WEIGHT } from '../model/states.ts'
import type { Clock } from '../time/clock.ts'
import { EMPTY_OVERLAY, type EngineOverlay } from './engine-view.ts'

const FILE_NAME = 'overlay.json'

const FILE_VERSION = 2

const backends = z.array(
  z.strictObject({
    pool: z.string(),
    backend: z.string(),
    adminState: z.enum(ADMIN_STATES),
    weight: z.int().min(0).max(MAX_WEIGHT).nullable(),
    reason: z.string()
  })
)

const latches = z.array(
  z.strictObject({
    pool: z.string(),
    level: z.int().nonnegative(),
    isForced: z.boolean(),
    reason: z.string()
  })
)

/** Version 1 knew no latches; the next write makes it version 2. */
const overlayFileSchema = z.discriminatedUnion('version', [
  z.strictObject({ version: z.literal(1), backends }),
  z.strictObject({ version: z.literal(FILE_VERSION), backends, latches })
])

export interface OverlayRead {
  readonly overlay: EngineOverlay
  /** A sentence when a damaged file was set aside; null otherwise. */
  readonly warning: string | null
}

export class OverlayStore {
  readonly #directory: string
  readonly #clock: Clock
  #latest = EMPTY_OVERLAY
  /** The write that waits behind the running one and will take the newest overlay. */
  #pending: Promise<void> | null = null
  /** Settles after the last write, whatever its outcome. */
  #tail: Promise<void> = Promise.resolve()

  constructor(directory: string, clock: Clock) {
    this.#directory = directory
    this.#clock = clock
  }

  get file(): string {
    return join(this.#directory, FILE_NAME)
  }

  /**
   * A missing file is an empty overlay. A damaged one is renamed and reported, never
   * overwritten. Throws STATE_UNUSABLE when the file exists and cannot be read or moved.
   */
  async read(): Promise<OverlayRead> {
    let text: string
    try {
      text = await readFile(this.file, 'utf8')
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return { overlay: EMPTY_OVERLAY, warning: null }
      throw this.#unusable('read', error)
    }
    const parsed = overlayFileSchema.safeParse(jsonOrUndefined(text))
    if (!parsed.success) return { overlay: EMPTY_OVERLAY, warning: await this.#setAside() }
    const file = parsed.data
    const kept = file.version === 1 ? [] : file.latches
    return { overlay: { backends: file.backends, latches: kept }, warning: null }
  }

  /**
   * Resolves when this overlay, or a newer one, is on disk. At most one write runs and one
   * waits. Rejects with STATE_UNUSABLE; the file then still holds what it held before.
   */
  save(overlay: EngineOverlay): Promise<void> {
    this.#latest = overlay
    if (this.#pending) return this.#pending
    const write = this.#tail.then(() => {
      this.#pending = null
      return this.#write(this.#latest)
    })
    this.#pending = write
    this.#tail = write.catch(() => {})
    return write
  }

  async #write(overlay: EngineOverlay): Promise<void> {
    const temporary = `${this.file}.tmp`
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 })
      const handle = await open(temporary, 'w', 0o600)
      try {
        await handle.writeFile(
          `${JSON.stringify({ version: FILE_VERSION, ...overlay }, null, 2)}\n`
        )
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(temporary, this.file)
    } catch (error) {
      throw this.#unusable('written', error)
    }
  }

  async #setAside(): Promise<string> {
    const stamp = new Date(this.#clock.wallNow()).toISOString().replaceAll(':', '-')
    const aside = `${this.file}.damaged-${stamp}`
    try {
      await rename(this.file, aside)
    } catch (error) {
      throw this.#unusable('moved aside', error)
    }
    return (
      `The file ${this.file} is damaged; it was kept as ${aside}. ` +
      'Every backend starts in the state and with the weight of the configuration, and no failover is latched.'
    )
  }

  #unusable(verb: string, cause: unknown): SwitchyardError {
    const reason = cause instanceof Error ? cause.message : String(cause)
    return new SwitchyardError(
      'STATE_UNUSABLE',
      `The operator's overlay ${this.file} could not be ${verb}: ${reason}.`,
      { file: this.file },
      { cause }
    )
  }
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
