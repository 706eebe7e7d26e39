/**
 * What has been sent of a request's body, kept until the response begins, so that another try can
 * send it again: in memory up to a limit, then in a temporary file that has lost its name at once
 * and so goes with the process, however that ends.
 *
 * Holds the octets as they went to the backend, with their chunks. Writes to the file lag behind
 * the client; when they lag too far, `isBlocked` asks to read no more until `drained`.
 */
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Octets that wait for the disk at one time. */
const MAX_WAITING_BYTES = 1024 * 1024
const READ_BYTES = 64 * 1024

export interface SpoolLimits {
  readonly memoryBytes: number
  /** Beyond it nothing is kept. */
  readonly limitBytes: number
  /** Where the file is made; by default the system's place for temporary ones. */
  readonly folder?: string
}

export class BodySpool {
  readonly #limits: SpoolLimits
  readonly #drained: () => void
  readonly #memory: Buffer[] = []
  #memoryBytes = 0
  #length = 0
  /** Of the file: what is on its way to it, in order. */
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #fileBytes = 0
  #file: FileHandle | null = null
  #writing: Promise<void> | null = null
  #isReleased = false
  #hasFailed = false

  constructor(limits: SpoolLimits, drained: () => void) {
    this.#limits = limits
    this.#drained = drained
  }

  /** Octets kept so far. */
  get length(): number {
    return this.#length
  }
  get isBlocked(): boolean {
    return this.#waitingBytes >= MAX_WAITING_BYTES
  }
  /** Octets that are in a file, or on their way to one. */
  get diskBytes(): number {
    return this.#length - this.#memoryBytes
  }

  /** Returns false when the body is too long or the disk refused: then it must be released. */
  append(octets: Buffer): boolean {
    if (this.#hasFailed || this.#length + octets.length > this.#limits.limitBytes) return false
    this.#length += octets.length
    const copy = Buffer.from(octets)
    const isForMemory =
      this.diskBytes === copy.length && this.#memoryBytes + copy.length <= this.#limits.memoryBytes
    if (isForMemory) {
      this.#memory.push(copy)
      this.#memoryBytes += copy.length
      return true
    }
    this.#waiting.push(copy)
    this.#waitingBytes += copy.length
    this.#writing ??= this.#write()
    return true
  }

  /** The octets from `offset` on, as many as come easily; null behind the last. */
  async read(offset: number): Promise<Buffer | null> {
    if (offset >= this.#length) return null
    if (offset < this.#memoryBytes) return this.#fromMemory(offset)
    const at = offset - this.#memoryBytes
    while (this.#writing !== null && this.#fileBytes <= at) await this.#writing
    if (this.#file === null || this.#hasFailed) throw new Error('The body could not be kept.')
    const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, this.#fileBytes - at))
    const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, at)
    if (bytesRead === 0) throw new Error('The kept body ends too early.')
    return buffer.subarray(0, bytesRead)
  }

  /** Gives memory and file back. Idempotent. */
  release(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    this.#memory.length = 0
    this.#waiting = []
    void Promise.resolve(this.#writing).then(() => this.#file?.close().catch(() => undefined))
  }

  #fromMemory(offset: number): Buffer {
    let start = 0
    for (const piece of this.#memory) {
      if (offset < start + piece.length) return piece.subarray(offset - start)
      start += piece.length
    }
    throw new Error('The kept body has a gap.')
  }

  async #write(): Promise<void> {
    try {
      this.#file ??= await this.#openFile()
      while (this.#waiting.length > 0) {
        const pieces = this.#waiting
        this.#waiting = []
        const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
        const { bytesWritten } = await this.#file.writev(pieces, this.#fileBytes)
        // A disk that becomes full takes a part and says so only by the number.
        if (bytesWritten !== length) throw new Error('The disk took only a part of the body.')
        const wasBlocked = this.isBlocked
        this.#fileBytes += length
        this.#waitingBytes -= length
        if (wasBlocked && !this.isBlocked && !this.#isReleased) this.#drained()
      }
    } catch {
      // A full disk costs this request its further tries, nothing else.
      this.#hasFailed = true
      this.#waiting = []
      this.#waitingBytes = 0
      if (!this.#isReleased) this.#drained()
    }
    this.#writing = null
  }

  async #openFile(): Promise<FileHandle> {
    const folder = await mkdtemp(join(this.#limits.folder ?? tmpdir(), 'switchyard-'))
    try {
      return await open(join(folder, 'body'), 'wx+', 0o600)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
}
