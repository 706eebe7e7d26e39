/**
 * The way back for masks in comments. A mask takes the secret of the comment that it stood in,
 * comments being followed when others come or go; and one that was just switched off or on again
 * takes the secret that is left over under the same key. Any other is reported.
 */
import { MASKED } from '../../../../proxy-core/model/traffic-sample.ts'
import { alignLists } from './align-lists.ts'
import { commentSecrets, commentsOf, type Comment, type CommentSecret } from './comment-secrets.ts'
import { maskSecrets } from './mask-secrets.ts'
import { secretLines } from './secret-lines.ts'
import type { TextEdit } from './text-edits.ts'

export interface FoundMasks {
  readonly edits: readonly TextEdit[]
  /** Offsets in the masked text. */
  readonly unknown: readonly number[]
}

export interface LiveMasks extends FoundMasks {
  /** Offsets in the original of secrets that no mask has taken. */
  readonly unused: readonly number[]
}

interface Keyed {
  readonly key: string
  readonly source: string
}

/** `live` is what was found outside comments; the result is that of the whole text. */
export function withComments(masked: string, original: string, live: LiveMasks): FoundMasks {
  const comments = commentsOf(masked)
  const masks = commentSecrets(comments).filter(({ source }) => source === MASKED)
  const known = commentSecrets(commentsOf(original))
  const partners = partnersOf(masks, known)
  const edits: TextEdit[] = []
  const open: CommentSecret[] = []
  const used = new Set<CommentSecret>()
  for (const [at, mask] of masks.entries()) {
    const secret = partners[at]
    if (secret === undefined || secret.source === MASKED) open.push(mask)
    else edits.push({ start: mask.start, end: mask.end, text: secret.source })
    if (secret !== undefined) used.add(secret)
  }
  const switchedOff = switched(open, keyedAt(original, live.unused))
  const liveOpen = keyedAt(masked, live.unknown)
  const switchedOn = switched(
    liveOpen,
    known.filter((secret) => !used.has(secret))
  )
  const filled = [...edits, ...switchedOff, ...switchedOn.map(quoted)]
  const starts = new Set(filled.map(({ start }) => start))
  const unknown = [...live.unknown, ...leftIn(comments, masks, original)]
  return {
    edits: [...live.edits, ...filled],
    unknown: unknown.filter((offset) => !starts.has(offset))
  }
}

interface Placed extends Keyed {
  readonly start: number
  readonly end: number
}

function partnersOf(
  masks: readonly CommentSecret[],
  known: readonly CommentSecret[]
): readonly (CommentSecret | undefined)[] {
  const digests = known.map(maskedComment)
  const isAmbiguous = (digest: string): boolean => {
    const alike = known.filter((_, at) => digests[at] === digest)
    return new Set(alike.map(({ source }) => source)).size > 1
  }
  const aligned = alignLists(digests, masks.map(maskedComment), isAmbiguous)
  return masks.map(({ key }, at) => {
    const partner = known[aligned[at] ?? -1]
    return partner?.key === key ? partner : undefined
  })
}

/** The same for a comment with its secret and with a mask in its place. */
function maskedComment({ comment, start, end, key }: CommentSecret): string {
  const [from, to] = [start - comment.start, end - comment.start]
  return JSON.stringify([key, comment.text.slice(0, from) + MASKED + comment.text.slice(to)])
}

/** One mask and one secret that are left over under a key belong together. */
function switched(masks: readonly Placed[], secrets: readonly Keyed[]): readonly TextEdit[] {
  return masks.flatMap(({ key, start, end }) => {
    const [secret, ...others] = secrets.filter((one) => one.key === key)
    const isOnly = masks.filter((one) => one.key === key).length === 1 && others.length === 0
    const isWritten = secret !== undefined && secret.source !== MASKED && isOneLine(secret.source)
    return isOnly && isWritten ? [{ start, end, text: secret.source }] : []
  })
}

function isOneLine(source: string): boolean {
  return !source.includes('\n')
}

/** Out of a comment it may come to stand between braces. */
function quoted(edit: TextEdit): TextEdit {
  const isPlain = /^["']|^[\w./@:-]+$/.test(edit.text)
  return isPlain ? edit : { ...edit, text: JSON.stringify(edit.text) }
}

function keyedAt(text: string, starts: readonly number[]): readonly Placed[] {
  return secretLines(text).filter(({ start }) => starts.includes(start))
}

/** Offsets of the masks in comments, but for those in words that the original has as well. */
function leftIn(
  comments: readonly Comment[],
  masks: readonly CommentSecret[],
  original: string
): readonly number[] {
  const words = new Set(commentsOf(maskSecrets(original).text).map(({ text }) => text))
  return comments.flatMap(({ start, text }) =>
    [...text.matchAll(new RegExp(MASKED, 'g'))]
      .map(({ index }) => start + index)
      .filter((offset) => !words.has(text) || masks.some((mask) => mask.start === offset))
  )
}
