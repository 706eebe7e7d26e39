/**
 * The right to run one instance: its state directory, the lock on it, and the token of its admin
 * API. Whoever holds it is the only one; it is given back by `release`.
 */
import { openAdminToken, type AdminToken } from './admin-token.ts'
import { InstanceLock } from './instance-lock.ts'
import { waitForOrphan, type OrphanLog } from './orphan-engine.ts'
import { createStateDirectory } from './state-directory.ts'

export interface InstanceParts {
  readonly stateDirectory: string
  /** Path of the configuration, for whoever finds the instance taken. */
  readonly config: string
  /** How long the engine of a predecessor that died may still drain; 0 = without end. */
  readonly shutdownTimeoutMs: number
  readonly log: OrphanLog
}

export class Instance {
  readonly stateDirectory: string
  readonly #lock: InstanceLock
  readonly #token: AdminToken

  private constructor(stateDirectory: string, lock: InstanceLock, token: AdminToken) {
    this.stateDirectory = stateDirectory
    this.#lock = lock
    this.#token = token
  }

  /**
   * Takes the instance and waits for the engine of a predecessor that still drains. Throws
   * INSTANCE_LOCKED while another process holds it, STATE_UNUSABLE when its files cannot be used.
   */
  static async hold(parts: InstanceParts): Promise<Instance> {
    const { stateDirectory, config, shutdownTimeoutMs, log } = parts
    await createStateDirectory(stateDirectory)
    const lock = await InstanceLock.acquire(stateDirectory, config)
    try {
      await waitForOrphan(lock.orphan, shutdownTimeoutMs, log)
      return new Instance(stateDirectory, lock, await openAdminToken(stateDirectory))
    } catch (error) {
      await lock.release()
      throw error
    }
  }

  get adminToken(): string {
    return this.#token.token
  }

  get tokenFile(): string {
    return this.#token.file
  }

  /** Whenever another engine process is the one. Throws STATE_UNUSABLE. */
  noteEngine(pid: number): Promise<void> {
    return this.#lock.noteEngine(pid)
  }

  /** Idempotent. */
  release(): Promise<void> {
    return this.#lock.release()
  }
}
