/** Texts as the page sees them: secrets masked, problems at the places of what it sees. */
import {
  MAX_EDITABLE_CHARACTERS,
  type ConfigProblemLine,
  type ConfigText as ShownText
} from '../../../preload/contract/workspace-state.ts'
import { MASKED } from '../../../proxy-core/model/traffic-sample.ts'
import { problemLinesOf, readConfigText, type ConfigText, type TextOrigin } from './config-text.ts'
import { maskSecrets } from './masking/mask-secrets.ts'
import { EditedText, placeOf, type TextPlace } from './masking/text-edits.ts'
import { unmaskSecrets } from './masking/unmask-secrets.ts'

export interface ReceivedText {
  /** With its secrets. */
  readonly config: ConfigText
  /** Masks in it that no secret belongs to: such a text cannot be applied. */
  readonly unknownMasks: readonly TextPlace[]
  /** From the text as it came to the one with its secrets. */
  readonly edited: EditedText
}

/**
 * A text from the page gets its secrets from texts that have them: from the first one that knows
 * all, else from the one that knows most. Mixing them could give a secret to another entry.
 */
export function receiveText(
  text: string,
  origin: TextOrigin,
  secretsFrom: readonly string[]
): ReceivedText {
  let best = unmaskSecrets(text, secretsFrom[0] ?? '')
  for (const source of secretsFrom.slice(1)) {
    const other = best.unknown.length > 0 ? unmaskSecrets(text, source) : best
    if (other.unknown.length < best.unknown.length) best = other
  }
  const { edited, unknown } = best
  const unknownMasks = unknown.map((place) => edited.forward(place))
  return { config: readConfigText(edited.text, origin), unknownMasks, edited }
}

/** The same text with these masks, by their offsets in it as it came, left as they are: unknown. */
export function withheld(received: ReceivedText, offsets: readonly number[]): ReceivedText {
  if (offsets.length === 0) return received
  const { original, edits } = received.edited
  const edited = new EditedText(
    original,
    edits.filter(({ start }) => !offsets.includes(start))
  )
  const places = [
    ...received.unknownMasks.map((place) => received.edited.back(place)),
    ...offsets.map((offset) => placeOf(original, offset))
  ]
  const unknown = new Map(places.map((place) => [`${place.line}:${place.column}`, place]))
  return {
    config: readConfigText(edited.text, received.config.origin),
    unknownMasks: [...unknown.values()].map((place) => edited.forward(place)),
    edited
  }
}

export function shownText({ text, hash }: ConfigText): ShownText {
  return shownMasked(maskSecrets(text).text, hash)
}

/** `masked` carries no secret any more. */
export function shownMasked(masked: string, hash: string): ShownText {
  const about = { hash, hasMaskedSecrets: masked.includes(MASKED) }
  return isEditable(masked) ? { text: masked, ...about } : { text: '', ...about, isTooLarge: true }
}

/** Of a frame, for the texts of a review; the rest is for problems and changes. */
const SHOWN_BYTES = 880_000

/** Whether a page can show and edit it: two of these fit into a frame. */
export function isEditable(text: string): boolean {
  return text.length <= MAX_EDITABLE_CHARACTERS && frameBytes(text) <= SHOWN_BYTES / 2
}

export function fitTogether(texts: readonly ShownText[]): boolean {
  return texts.reduce((sum, { text }) => sum + frameBytes(text), 0) <= SHOWN_BYTES
}

function frameBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text))
}

/** Errors and warnings at the places of the masked text. */
export function shownProblems(
  config: ConfigText,
  unknownMasks: readonly TextPlace[] = []
): readonly ConfigProblemLine[] {
  return problemsAt(config, unknownMasks, (place, masked) => masked.forward(place))
}

/** Errors and warnings at the places of the text as it came. */
export function receivedProblems({
  config,
  unknownMasks,
  edited
}: ReceivedText): readonly ConfigProblemLine[] {
  return problemsAt(config, unknownMasks, (place) => edited.back(place))
}

function problemsAt(
  config: ConfigText,
  unknownMasks: readonly TextPlace[],
  move: (place: TextPlace, masked: EditedText) => TextPlace
): readonly ConfigProblemLine[] {
  // What a secret must look like says nothing about a mask in its place.
  const isMask = ({ line, column }: TextPlace): boolean =>
    unknownMasks.some((mask) => mask.line === line && mask.column === column)
  const others = problemLinesOf(config).filter((problem) => !isMask(problem))
  const problems = [...unknownMasks.map(unknownMask), ...others]
  // Reading a long text once more is worth it only for something to say.
  if (problems.length === 0) return []
  const masked = maskSecrets(config.text)
  return problems
    .map((problem) => {
      const place = problem.line === 0 ? {} : move(problem, masked)
      return { ...problem, ...place, message: withoutSecrets(problem.message, masked) }
    })
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
}

/** Shorter ones are found in words that have nothing to do with them. */
const SHORTEST_NAMED = 4

/** A secret that begins with a sign of YAML's may be quoted by a message about that sign. */
function withoutSecrets(message: string, { original, edits }: EditedText): string {
  return edits
    .map(({ start, end }) => original.slice(start, end).replace(/^[!&*"']|["']$/g, ''))
    .filter((secret) => secret.length >= SHORTEST_NAMED)
    .reduce((text, secret) => text.replaceAll(secret, MASKED), message)
}

function unknownMask(place: TextPlace): ConfigProblemLine {
  return {
    severity: 'error',
    ...place,
    path: '',
    message: `${MASKED} stands for a secret that is not known at this place.`,
    suggestion: 'Type the secret again, or write { env: NAME } or { file: path }.'
  }
}
