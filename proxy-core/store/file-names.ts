/** The names of a store's files: they sort in the order of their entries. */
import type { FileHeader, FileKind } from './file-header.ts'

export const MANIFEST_NAME = 'store.json'
export const ID_KEY_NAME = 'id.key'
export const LOCK_NAME = 'lock'
export const QUARANTINE_NAME = 'quarantine'

const ENDINGS: Readonly<Record<FileKind, string>> = {
  segment: 'log',
  index: 'index',
  outcomes: 'outcomes'
}

const KINDS = new Map(Object.entries(ENDINGS).map(([kind, end]) => [end, kind as FileKind]))

const PATTERN = /^(\d{10})-(\d{4,10})(?:-(\d{4,10}))?\.(log|index|outcomes)$/

export interface FileName {
  readonly kind: FileKind
  readonly number: number
  readonly generation: number
  /** 0 unless of outcomes. */
  readonly part: number
}

type Named = Pick<FileHeader, 'kind' | 'number' | 'generation' | 'part'>

/** Such as `0000000012-0001.log`, and `0000000012-0001-0001.outcomes`. */
export function nameOf({ kind, number, generation, part }: Named): string {
  const base = `${padded(number, 10)}-${padded(generation, 4)}`
  return `${base}${part > 0 ? `-${padded(part, 4)}` : ''}.${ENDINGS[kind]}`
}

/** null: not a name that a store gives. */
export function readName(name: string): FileName | null {
  const [, number, generation, part = '0', ending = ''] = PATTERN.exec(name) ?? []
  const kind = KINDS.get(ending)
  if (kind === undefined || (kind === 'outcomes') !== part > '0') return null
  return { kind, number: Number(number), generation: Number(generation), part: Number(part) }
}

/** What is not finished when a crash comes, and is thrown away at the next start. */
export function isTemporary(name: string): boolean {
  return /^(\d{10}-\d{4,10}(-\d{4,10})?\.(log|index|outcomes)|store\.json|id\.key)\.tmp$/.test(name)
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0')
}
