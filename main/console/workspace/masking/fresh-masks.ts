/** Which masks of a text stand for secrets that the text of the file does not have. */
import { maskSecrets } from './mask-secrets.ts'
import type { EditedText } from './text-edits.ts'
import { unmaskSecrets } from './unmask-secrets.ts'

export interface MaskedText {
  /** With its secrets masked. */
  readonly text: string
  /** Offsets of the masks that the file would fill with another secret, or with none. */
  readonly fresh: readonly number[]
}

export function freshMasks(text: string, file: string): MaskedText {
  const masked = maskSecrets(text)
  const own = secretsByMask(masked)
  const filled = new Map(
    unmaskSecrets(masked.text, file).edited.edits.map(({ start, text: secret }) => [start, secret])
  )
  // A mask that the text itself has left would be filled as well.
  const places = new Set([...own.keys(), ...filled.keys()])
  const fresh = [...places].filter((start) => own.get(start) !== filled.get(start))
  return { text: masked.text, fresh: fresh.toSorted((a, b) => a - b) }
}

/** By the offset of the mask. */
function secretsByMask({ original, edits }: EditedText): ReadonlyMap<number, string> {
  let shift = 0
  return new Map(
    edits.map(({ start, end, text }) => {
      const place = start + shift
      shift += text.length - (end - start)
      return [place, original.slice(start, end)]
    })
  )
}
