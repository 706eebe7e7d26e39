/**
 * The right to run one instance: its state directory, the lock on it, and the token of its admin
 * API. Whoever holds it is the only one; it is given back by `release`.
 */
import type { OpenAdmin } from '../../proxy-core/model/control-protocol.ts'
import { endpointOf, writeEndpoint } from './admin-endpoint.ts'
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
  #isReleased = false
  /** One note after the other: they share a temporary file. */
  #noting: Promise<void> = Promise.resolve()

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
      // What a predecessor that was killed left behind would lead to whoever has its port now.
      await writeEndpoint(stateDirectory, null)
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

  /** Whenever the admin API answers at another place, or at none. Throws STATE_UNUSABLE. */
  noteAdmin(admin: OpenAdmin | null): Promise<void> {
    const endpoint = admin === null ? null : endpointOf(admin)
    const noted = this.#noting.then(async () => {
      if (!this.#isReleased) await writeEndpoint(this.stateDirectory, endpoint)
    })
    this.#noting = noted.catch(() => undefined)
    return noted
  }

  /** Idempotent. */
  async release(): Promise<void> {
    if (this.#isReleased) return
    this.#isReleased = true
    await this.#noting
    await writeEndpoint(this.stateDirectory, null)
    await this.#lock.release()
  }
}
