/** Blocks of indexes that were read: at most 3 MB, the least recently used one goes. */

const MAX_BLOCKS = 256

export class BlockCache {
  readonly #blocks = new Map<string, Buffer>()

  get(file: string, block: number): Buffer | undefined {
    const key = `${file}#${block}`
    const found = this.#blocks.get(key)
    if (found === undefined) return undefined
    this.#blocks.delete(key)
    this.#blocks.set(key, found)
    return found
  }

  set(file: string, block: number, octets: Buffer): void {
    this.#blocks.set(`${file}#${block}`, octets)
    if (this.#blocks.size <= MAX_BLOCKS) return
    for (const oldest of this.#blocks.keys()) {
      this.#blocks.delete(oldest)
      return
    }
  }

  /** Of a file that is written anew under the same name. */
  forget(file: string): void {
    for (const key of this.#blocks.keys()) if (key.startsWith(`${file}#`)) this.#blocks.delete(key)
  }
}
