/** What is in the directory of a store, sorted by what it is for. */
import type { Disk } from './disk.ts'
import {
  ID_KEY_NAME,
  isTemporary,
  LOCK_NAME,
  MANIFEST_NAME,
  QUARANTINE_NAME,
  readName,
  type FileName
} from './file-names.ts'

export interface NamedFile extends FileName {
  readonly name: string
}

export interface DirectoryListing {
  readonly segments: readonly NamedFile[]
  readonly indexes: readonly NamedFile[]
  readonly outcomes: readonly NamedFile[]
  /** Not finished when a crash came. */
  readonly temporaries: readonly string[]
  /** Not the store's. */
  readonly foreign: readonly string[]
}

const OURS = new Set([MANIFEST_NAME, ID_KEY_NAME, LOCK_NAME, QUARANTINE_NAME])
/** A take-over of the lock that a crash interrupted leaves these. */
const LOCK_REMNANT = /^lock\.\d+\.(new|stale)$/

export async function listDirectory(disk: Disk, directory: string): Promise<DirectoryListing> {
  const files: NamedFile[] = []
  const temporaries: string[] = []
  const foreign: string[] = []
  for (const { name, isDirectory } of await disk.readDirectory(directory)) {
    const read = isDirectory ? null : readName(name)
    if (read !== null) files.push({ ...read, name })
    else if (!isDirectory && isTemporary(name)) temporaries.push(name)
    else if (!OURS.has(name) && !LOCK_REMNANT.test(name)) foreign.push(name)
  }
  files.sort((a, b) => (a.name < b.name ? -1 : 1))
  const of = (kind: FileName['kind']): readonly NamedFile[] =>
    files.filter((file) => file.kind === kind)
  return {
    ...{ segments: of('segment'), indexes: of('index'), outcomes: of('outcomes') },
    ...{ temporaries, foreign: foreign.toSorted() }
  }
}
