/** The octets of one file, and which of them the disk has. */
import type { SeededRandom } from '../../../test/servers/seeded-random.ts'

/** A disk writes a sector or does not. */
const SECTOR_BYTES = 512

type Change =
  | { readonly kind: 'write'; readonly octets: Buffer; readonly position: number }
  | { readonly kind: 'truncate'; readonly bytes: number }

export class MemoryFile {
  #content: Buffer
  #length: number
  #durable: Buffer
  #unsynced: Change[] = []
  /** After a failed sync they are in the page cache, marked clean: no later sync writes them. */
  #lost: Change[] = []

  constructor(content: Buffer) {
    this.#content = Buffer.from(content)
    this.#length = content.length
    this.#durable = Buffer.from(content)
  }

  /** As a process reads it; the memory is the file's own, so that tests can damage it. */
  get content(): Buffer {
    return this.#content.subarray(0, this.#length)
  }

  write(octets: Buffer, position: number): void {
    const end = position + octets.length
    if (end > this.#content.length) {
      const grown = Buffer.alloc(Math.max(end, this.#content.length * 2))
      this.content.copy(grown)
      this.#content = grown
    }
    octets.copy(this.#content, position)
    this.#length = Math.max(this.#length, end)
    this.#unsynced.push({ kind: 'write', octets: Buffer.from(octets), position })
  }

  truncate(bytes: number): void {
    this.#content.fill(0, bytes)
    this.#length = bytes
    this.#unsynced.push({ kind: 'truncate', bytes })
  }

  sync(): void {
    for (const change of this.#unsynced) this.#durable = applied(this.#durable, change)
    this.#unsynced = []
  }

  loseUnsynced(): void {
    this.#lost.push(...this.#unsynced)
    this.#unsynced = []
  }

  /** Of what was not synced each sector is there or not. */
  afterPowerLoss(random: SeededRandom): Buffer {
    let content = this.#durable
    for (const change of [...this.#lost, ...this.#unsynced]) {
      if (change.kind === 'truncate') {
        if (random.chance(0.5)) content = applied(content, change)
        continue
      }
      for (const sector of sectorsOf(change.octets, change.position)) {
        if (random.chance(0.5)) content = applied(content, { kind: 'write', ...sector })
      }
    }
    return content
  }
}

function applied(content: Buffer, change: Change): Buffer {
  if (change.kind === 'truncate') return Buffer.concat([content], change.bytes)
  const end = change.position + change.octets.length
  const grown = Buffer.concat([content], Math.max(content.length, end))
  change.octets.copy(grown, change.position)
  return grown
}

function sectorsOf(octets: Buffer, position: number): { octets: Buffer; position: number }[] {
  const sectors = []
  for (let at = position; at < position + octets.length;) {
    const end = Math.min(position + octets.length, at - (at % SECTOR_BYTES) + SECTOR_BYTES)
    sectors.push({ octets: octets.subarray(at - position, end - position), position: at })
    at = end
  }
  return sectors
}
