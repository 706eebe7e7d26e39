/** What is said of a key of Vector that has no counterpart. */
import type { TomlEntry } from '../toml/toml-document.ts'

export interface KeyNote {
  readonly why: string
  readonly origin?: string
  readonly instead?: string
}

/** By the path below the component, `encoding.codec`; a shorter path stands for all below it. */
export type KeyNotes = Readonly<Record<string, KeyNote>>

/** The note of the longest path that leads to this key. */
export function noteOf(
  notes: KeyNotes,
  { path }: TomlEntry,
  component: TomlEntry | null
): KeyNote | null {
  const names = path.slice(component?.path.length ?? 0).filter((step) => typeof step === 'string')
  for (let length = names.length; length > 0; length--) {
    const key = names.slice(0, length).join('.')
    if (Object.hasOwn(notes, key)) return notes[key]!
  }
  return null
}
