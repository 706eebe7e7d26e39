/**
 * A disk in memory that knows what is durable and what is only in the page cache. It fails at the
 * calls that a test names, and after a crash it has what was synced, and any part of the rest:
 * sector by sector of the octets, name by name of the directory.
 */
import { SeededRandom } from '../../../test/servers/seeded-random.ts'
import type { DirectoryLock, Disk, DiskEntry, DiskFile, OpenMode } from '../disk.ts'
import { MemoryFile } from './memory-file.ts'

export type DiskOperation =
  'open' | 'write' | 'read' | 'sync' | 'truncate' | 'rename' | 'unlink' | 'list' | 'syncDirectory'

export interface DiskCall {
  readonly operation: DiskOperation
  readonly path: string
  /** From 1, over all operations. */
  readonly number: number
}

export type Fault =
  /** Rejects with this code; a failed sync also loses what it should have synced. */
  | { readonly kind: 'error'; readonly code: string }
  /** A write takes only a part. */
  | { readonly kind: 'short' }
  /** A sync says yes and does nothing. */
  | { readonly kind: 'lie' }
  /** The call may have its effect or not, and neither it nor any later one ever answers. */
  | { readonly kind: 'crash' }

type DirectoryChange = { readonly path: string; readonly file: MemoryFile | null }[]

export class FaultyDisk implements Disk {
  readonly #faultOf: (call: DiskCall) => Fault | null
  readonly #random: SeededRandom
  readonly #directories = new Set<string>()
  readonly #names = new Map<string, MemoryFile>()
  readonly #durableNames = new Map<string, MemoryFile>()
  #changes: DirectoryChange[] = []
  #calls = 0
  #isCrashed = false
  #isLocked = false
  #onCrash: () => void = () => {}
  /** Resolves when a fault has crashed it. */
  readonly crashed: Promise<void>

  constructor(faultOf: (call: DiskCall) => Fault | null = () => null, seed = 1) {
    this.#faultOf = faultOf
    this.#random = new SeededRandom(seed)
    this.crashed = new Promise((resolve) => (this.#onCrash = resolve))
  }

  get isCrashed(): boolean {
    return this.#isCrashed
  }

  /** What the next process finds. power: of what was not synced any part; kill: all of it. */
  afterCrash(how: 'power' | 'kill', faultOf?: (call: DiskCall) => Fault | null): FaultyDisk {
    this.#crash()
    const next = new FaultyDisk(faultOf, this.#random.below(2 ** 31))
    for (const directory of this.#directories) next.#directories.add(directory)
    const names = how === 'kill' ? this.#names : this.#survivingNames()
    for (const [path, file] of names) {
      const content = how === 'kill' ? file.content : file.afterPowerLoss(this.#random)
      const survivor = new MemoryFile(content)
      next.#names.set(path, survivor)
      next.#durableNames.set(path, survivor)
    }
    return next
  }

  async open(path: string, mode: OpenMode): Promise<DiskFile> {
    await this.#call('open', path)
    const known = this.#names.get(path)
    if (mode === 'create') {
      if (known !== undefined) throw systemError('EEXIST', path)
      const file = new MemoryFile(Buffer.alloc(0))
      this.#change([{ path, file }])
      return this.#handle(path, file)
    }
    if (known === undefined) throw systemError('ENOENT', path)
    return this.#handle(path, known)
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#call('rename', from)
    const file = this.#names.get(from)
    if (file === undefined) throw systemError('ENOENT', from)
    this.#change([
      { path: to, file },
      { path: from, file: null }
    ])
  }

  async unlink(path: string): Promise<void> {
    await this.#call('unlink', path)
    if (this.#names.has(path)) this.#change([{ path, file: null }])
  }

  async readDirectory(path: string): Promise<readonly DiskEntry[]> {
    await this.#call('list', path)
    if (!this.#directories.has(path)) throw systemError('ENOENT', path)
    const below = (full: string): string | null => {
      const name = full.startsWith(`${path}/`) ? full.slice(path.length + 1) : ''
      return name === '' || name.includes('/') ? null : name
    }
    const entry = (isDirectory: boolean) => (full: string) => {
      const name = below(full)
      return name === null ? [] : [{ name, isDirectory }]
    }
    return [
      ...[...this.#names.keys()].flatMap(entry(false)),
      ...[...this.#directories].flatMap(entry(true))
    ]
  }

  makeDirectory(path: string): Promise<void> {
    this.#directories.add(path)
    return Promise.resolve()
  }

  async syncDirectory(path: string): Promise<void> {
    await this.#call('syncDirectory', path)
    for (const change of this.#changes) applyTo(this.#durableNames, change)
    this.#changes = []
  }

  lock(): Promise<DirectoryLock> {
    if (this.#isLocked) return Promise.reject(new Error('The directory is locked.'))
    this.#isLocked = true
    const release = (): Promise<void> => {
      this.#isLocked = false
      return Promise.resolve()
    }
    return Promise.resolve({ release })
  }

  /** Of all files. */
  get names(): readonly string[] {
    return [...this.#names.keys()]
  }

  /** For tests that damage what is on the disk. */
  contentOf(path: string): Buffer {
    return this.#names.get(path)!.content
  }

  #handle(path: string, file: MemoryFile): DiskFile {
    return {
      writeAt: async (buffers, position) => {
        const all = Buffer.concat(buffers)
        const fault = await this.#call('write', path, (part) =>
          file.write(all.subarray(0, part(all.length)), position)
        )
        const count = fault?.kind === 'short' ? Math.max(1, all.length >> 1) : all.length
        file.write(all.subarray(0, count), position)
        return count
      },
      readAt: async (into, position) => {
        await this.#call('read', path)
        return file.content.copy(into, 0, position)
      },
      dataSync: async () => {
        const fault = await this.#call(
          'sync',
          path,
          () => {},
          () => file.loseUnsynced()
        )
        if (fault?.kind !== 'lie') file.sync()
      },
      truncate: async (bytes) => {
        await this.#call('truncate', path)
        file.truncate(bytes)
      },
      size: async () => {
        await this.#call('read', path)
        return file.content.length
      },
      close: () => Promise.resolve()
    }
  }

  /** `onCrash`: what of the call has its effect all the same. */
  async #call(
    operation: DiskOperation,
    path: string,
    onCrash: (part: (bytes: number) => number) => void = () => {},
    onError: () => void = () => {}
  ): Promise<Fault | null> {
    if (this.#isCrashed) return never()
    // As from a thread of its own: other work goes on before the answer comes.
    await Promise.resolve()
    if (this.#isCrashed) return never()
    this.#calls += 1
    const fault = this.#faultOf({ operation, path, number: this.#calls })
    if (fault?.kind === 'error') {
      onError()
      throw systemError(fault.code, path)
    }
    if (fault?.kind !== 'crash') return fault
    onCrash((bytes) => this.#random.below(bytes + 1))
    this.#crash()
    return never()
  }

  #crash(): void {
    this.#isCrashed = true
    this.#onCrash()
  }

  #change(change: DirectoryChange): void {
    applyTo(this.#names, change)
    this.#changes.push(change)
  }

  /** Changes of a directory that was not synced reach the disk or not, each by itself. */
  #survivingNames(): ReadonlyMap<string, MemoryFile> {
    const names = new Map(this.#durableNames)
    for (const change of this.#changes) if (this.#random.chance(0.5)) applyTo(names, change)
    return names
  }
}

function applyTo(names: Map<string, MemoryFile>, change: DirectoryChange): void {
  for (const { path, file } of change) {
    if (file === null) names.delete(path)
    else names.set(path, file)
  }
}

function never(): Promise<never> {
  return new Promise(() => {})
}

function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: simulated, '${path}'`), { code })
}
