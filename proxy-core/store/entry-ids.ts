/**
 * The ids of entries: one block of AES-128 over the seq and 64 random bits, under a key that only
 * this store has. Whoever has an id learns no other, and the store finds its entry without an
 * index. The random bits stand in the record too and are compared, so a made-up id finds nothing.
 */
import { createCipheriv, createDecipheriv, randomFillSync, type Cipheriv } from 'node:crypto'

export const ID_KEY_BYTES = 16
export const TAG_BYTES = 8

const ID_PATTERN = /^[0-9a-f]{32}$/
const POOL_BYTES = 4096

export class EntryIds {
  readonly #encrypt: Cipheriv
  readonly #decrypt: ReturnType<typeof createDecipheriv>
  readonly #block = Buffer.alloc(16)
  readonly #pool = Buffer.alloc(POOL_BYTES)
  #poolAt = POOL_BYTES

  /** `key`: ID_KEY_BYTES. */
  constructor(key: Buffer) {
    // Without padding every block comes out at once, so one cipher serves all ids: ECB has no state.
    this.#encrypt = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false)
    this.#decrypt = createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false)
  }

  /** Fresh random bits for one entry, written into `target`. */
  drawTag(target: Buffer, offset: number): void {
    if (this.#poolAt === POOL_BYTES) {
      randomFillSync(this.#pool)
      this.#poolAt = 0
    }
    this.#pool.copy(target, offset, this.#poolAt, this.#poolAt + TAG_BYTES)
    this.#poolAt += TAG_BYTES
  }

  idOf(seq: number, tag: Buffer): string {
    this.#block.writeDoubleLE(seq, 0)
    tag.copy(this.#block, 8, 0, TAG_BYTES)
    return this.#encrypt.update(this.#block).toString('hex')
  }

  /** null: no id of this store. A tag must still be compared with that of the record. */
  read(id: string): { readonly seq: number; readonly tag: Buffer } | null {
    if (!ID_PATTERN.test(id)) return null
    const block = this.#decrypt.update(Buffer.from(id, 'hex'))
    const seq = block.readDoubleLE(0)
    if (!Number.isSafeInteger(seq) || seq <= 0) return null
    return { seq, tag: block.subarray(8) }
  }
}
