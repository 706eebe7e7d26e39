/** Which backends of a pool the sessions of clients may go on at, or may wait for. */
import type { Backend } from './backend.ts'
import type { Rotation } from './rotation.ts'

export class SessionPlacement {
  readonly #pool: string
  readonly #rotation: Pick<Rotation, 'isWaiting' | 'serves'>

  constructor(pool: string, rotation: Pick<Rotation, 'isWaiting' | 'serves'>) {
    this.#pool = pool
    this.#rotation = rotation
  }

  /** Of a backend that drains the level does not matter: it stays until its sessions have gone. */
  keeps(backend: Backend): boolean {
    if (backend.pool !== this.#pool || !backend.keepsSessions) return false
    if (backend.connections!.isRetired) return false
    return backend.adminState === 'drain' || this.#rotation.serves(backend.level)
  }

  /** Its session waits for it with all others, to go on there if it is back in time. */
  mayReturn(backend: Backend): boolean {
    if (!this.#rotation.isWaiting || backend.pool !== this.#pool) return false
    return backend.connections?.isRetired === false
  }

  /** Whoever waits for it is placed: on it, or elsewhere when it keeps no sessions any more. */
  readonly isReady = (backend: Backend): boolean =>
    this.keeps(backend) ? !backend.isFull : !this.#rotation.isWaiting
}
