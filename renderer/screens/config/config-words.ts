/** Sentences of the Config screen about what runs, what is on disk and what is staged. */
import type { ConfigReview, WorkspaceState } from '../../../preload/contract/workspace-state.ts'
import { countOf } from '../../ui/format.ts'

/** How much of a hash is shown; enough to compare two by eye. */
const SHORT_HASH = 8

export function shortHash(hash: string): string {
  return hash.slice(0, SHORT_HASH)
}

/** What an edit belongs to: another one when another configuration was opened. */
export function subjectOf(workspace: WorkspaceState | null): string {
  return workspace === null ? '' : `${workspace.kind} ${workspace.file ?? ''}`
}

/** "3 changes staged"; null where nothing is. */
export function stagedWords({ staged }: Pick<WorkspaceState, 'staged'>): string | null {
  return staged.length === 0 ? null : `${countOf(staged.length, 'change')} staged`
}

export interface DiskWords {
  /** "Runs what is on disk". */
  readonly text: string
  readonly isTrouble: boolean
}

/** What runs, seen beside the file. */
export function diskWords(
  { runningHash, diskHash, kind }: WorkspaceState,
  onDisk: ConfigReview['onDisk']
): DiskWords {
  const where = kind === 'demo' ? 'the demo has' : 'is on disk'
  if (onDisk !== null) return { text: 'Changed on disk', isTrouble: true }
  if (runningHash === null) return { text: 'Nothing runs', isTrouble: true }
  if (diskHash === null) return { text: 'The file cannot be read', isTrouble: true }
  if (diskHash === runningHash) return { text: `Runs what ${where}`, isTrouble: false }
  return { text: 'The file differs from what runs', isTrouble: true }
}

export interface ApplyFacts {
  readonly isStaged: boolean
  readonly errorCount: number
  /** Why nothing may be changed; null = it may. */
  readonly readOnly: string | null
}

/** Why the staged text cannot be applied; null when it can. */
export function applyRefusal({ isStaged, errorCount, readOnly }: ApplyFacts): string | null {
  if (readOnly !== null) return readOnly
  if (!isStaged) return 'Nothing is staged.'
  return errorCount === 0 ? null : `Mend ${countOf(errorCount, 'problem')} first.`
}
