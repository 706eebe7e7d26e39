/**
 * The ids of entries: one block of AES-128 over the seq and 64 random bits, under a key that only
 * this store has. Whoever has an id learns no other, and the store finds its entry without an
 * index. The random bits stand in the record too and are compared, so a made-up id finds nothing.
 */
import { createCipheriv, createDecipheriv, randomFillSync, type Cipheriv } from 'node:crypto'

export const ID_KEY_BYTES = 16
export const TAG_BYTES = 8

const ID_PATTERN = /^[0-9a-f]{32}$/
const BLOCK_BYTES = 16
const POOL_BYTES = 4096

export class EntryIds {
  readonly #encrypt: Cipheriv
  readonly #decrypt: ReturnType<typeof createDecipheriv>
  #pool = Buffer.alloc(POOL_BYTES)
  #poolAt = POOL_BYTES

  /** `key`: ID_KEY_BYTES. */
  constructor(key: Buffer) {
    // Without padding every block comes out at once, so one cipher serves all ids: ECB has no state.
    this.#encrypt = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false)
    this.#decrypt = createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false)
  }

  /** Fresh random bits for one entry. */
  drawTag(): Buffer {
    if (this.#poolAt === POOL_BYTES) {
      this.#pool = randomFillSync(Buffer.allocUnsafe(POOL_BYTES))
      this.#poolAt = 0
    }
    this.#poolAt += TAG_BYTES
    return this.#pool.subarray(this.#poolAt - TAG_BYTES, this.#poolAt)
  }

  idOf(seq: number, tag: Buffer): string {
    return this.idsOf([{ seq, tag }])[0]!
  }

  /** Of a whole group at once: what a call of the cipher costs is shared. */
  idsOf(entries: readonly { readonly seq: number; readonly tag: Buffer }[]): readonly string[] {
    const blocks = Buffer.alloc(entries.length * BLOCK_BYTES)
    for (const [index, { seq, tag }] of entries.entries()) {
      blocks.writeDoubleLE(seq, index * BLOCK_BYTES)
      tag.copy(blocks, index * BLOCK_BYTES + TAG_BYTES, 0, TAG_BYTES)
    }
    const ids = this.#encrypt.update(blocks)
    return entries.map((_, index) =>
      ids.toString('hex', index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES)
    )
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
