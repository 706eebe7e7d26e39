/** Which masks of a text stand for secrets that the text of the file does not have. */
import { MASKED } from '../../../../proxy-core/model/traffic-sample.ts'
import { readTree } from './config-tree.ts'
import { maskSecrets } from './mask-secrets.ts'
import type { EditedText } from './text-edits.ts'
import { unmaskSecrets } from './unmask-secrets.ts'

export interface MaskedText {
  /** With its secrets masked. */
  readonly text: string
  /** Offsets of the masks that the file would fill with another secret, or with none. */
  readonly fresh: readonly number[]
}

/** `secretsFrom` is the text that the masks of the next edit are filled from. */
export function freshMasks(text: string, secretsFrom: string, file: string): MaskedText {
  const masked = maskSecrets(text)
  // Which mask is which cannot be said of a text that is no YAML for the moment.
  const isRead = readTree(text) !== null
  if (!isRead && freshOffsets(maskSecrets(secretsFrom), file).length > 0) {
    const all = [...masked.text.matchAll(new RegExp(MASKED, 'g'))].map(({ index }) => index)
    return { text: masked.text, fresh: all }
  }
  return { text: masked.text, fresh: freshOffsets(masked, file) }
}

function freshOffsets(masked: EditedText, file: string): readonly number[] {
  const own = secretsByMask(masked)
  const filled = new Map(
    unmaskSecrets(masked.text, file).edited.edits.map(({ start, text: secret }) => [start, secret])
  )
  // A mask that the text itself has left would be filled as well.
  const places = new Set([...own.keys(), ...filled.keys()])
  const fresh = [...places].filter((start) => own.get(start) !== filled.get(start))
  return fresh.toSorted((a, b) => a - b)
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
