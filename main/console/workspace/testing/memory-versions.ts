/** Versions in memory, for tests. */
import type { KeptConfigVersion, NewConfigVersion, VersionLog } from '../version-log.ts'

export class MemoryVersions implements VersionLog {
  readonly kept: KeptConfigVersion[] = []

  add(version: NewConfigVersion): number {
    const id = this.kept.length + 1
    this.kept.unshift({ ...version, id, atMs: id })
    return id
  }

  list(file: string, limit: number): readonly KeptConfigVersion[] {
    return this.kept.filter((version) => version.file === file).slice(0, limit)
  }

  read(id: number): KeptConfigVersion | null {
    return this.kept.find((version) => version.id === id) ?? null
  }
}
