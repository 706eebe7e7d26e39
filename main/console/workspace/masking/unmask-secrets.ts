/**
 * The way back: a text that carries masks where the page was shown none of the secrets, and the
 * text that has them. A mask takes the secret of its own path, list entries being followed when
 * others are added or removed around them, and so are comments; one that stands anywhere else is
 * reported.
 */
import { isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml'
import { MASKED } from '../../../../proxy-core/model/traffic-sample.ts'
import { alignLists } from './align-lists.ts'
import { withComments, type FoundMasks, type LiveMasks } from './comment-masks.ts'
import { keyOf, rangeOf, readTree, resolved, type ConfigTree } from './config-tree.ts'
import { maskSecrets } from './mask-secrets.ts'
import { NodeDigests } from './node-digest.ts'
import { secretLines } from './secret-lines.ts'
import { secretPlaces, type SecretPlace } from './secret-places.ts'
import { EditedText, placeOf, type TextEdit, type TextPlace } from './text-edits.ts'

export interface UnmaskedText {
  /** From the masked text to the real one. */
  readonly edited: EditedText
  /** Masks that no known secret belongs to. */
  readonly unknown: readonly TextPlace[]
}

/** `original` is a text with its secrets in clear. A text that is no YAML is left as it is. */
export function unmaskSecrets(masked: string, original: string): UnmaskedText {
  const tree = readTree(masked)
  if (tree === null || !masked.includes(MASKED)) return unchanged(masked)
  const shown = maskSecrets(original)
  // The common case keeps the original byte for byte.
  if (masked === shown.text && !original.includes(MASKED)) {
    return { edited: new EditedText(masked, reversed(shown)), unknown: [] }
  }
  const source = readTree(original)
  const found =
    source === null ? byKey(tree, original) : withComments(masked, original, byPath(tree, source))
  return {
    edited: new EditedText(masked, found.edits),
    unknown: found.unknown.map((offset) => placeOf(masked, offset))
  }
}

function unchanged(text: string): UnmaskedText {
  return { edited: new EditedText(text, []), unknown: [] }
}

function reversed(shown: EditedText): readonly TextEdit[] {
  let shift = 0
  return shown.edits.map(({ start, end, text }) => {
    const edit = { start: start + shift, end: start + shift + text.length }
    shift += text.length - (end - start)
    return { ...edit, text: shown.original.slice(start, end) }
  })
}

function byPath(tree: ConfigTree, source: ConfigTree): LiveMasks {
  const search = new MaskSearch(tree, source)
  search.visit(tree.document.contents, source.document.contents, false)
  return search.found
}

/** The original is no YAML: as many secrets under a key as masks under it are the same ones. */
function byKey(tree: ConfigTree, original: string): FoundMasks {
  const edits: TextEdit[] = []
  const unknown: number[] = []
  const known = secretLines(original).filter(({ source }) => source !== MASKED)
  const masks = secretLines(tree.text)
  for (const [nth, mask] of masks.entries()) {
    if (mask.source !== MASKED) continue
    const place = masks.slice(0, nth).filter(({ key }) => key === mask.key).length
    const candidates = known.filter(({ key }) => key === mask.key)
    const isPaired = candidates.length === masks.filter(({ key }) => key === mask.key).length
    const secret = isPaired ? candidates[place] : undefined
    if (secret) edits.push({ start: mask.start, end: mask.end, text: secret.source })
    else unknown.push(mask.start)
  }
  return { edits, unknown }
}

class MaskSearch {
  readonly #tree: ConfigTree
  readonly #source: ConfigTree
  readonly #secrets: ReadonlyMap<Node, SecretPlace>
  readonly #digests: NodeDigests
  readonly #sourceDigests: NodeDigests
  /** Every node once, however many aliases lead to it. */
  readonly #visited = new Set<Node>()
  readonly #edits: TextEdit[] = []
  readonly #unknown: number[] = []
  readonly #used = new Set<SecretPlace>()

  constructor(tree: ConfigTree, source: ConfigTree) {
    this.#tree = tree
    this.#source = source
    this.#secrets = secretPlaces(source)
    // What was typed anew is not masked here, and so equals nothing that was.
    this.#digests = new NodeDigests(tree, () => false)
    this.#sourceDigests = new NodeDigests(source, (scalar) => this.#secrets.has(scalar))
  }

  get found(): LiveMasks {
    const unused = [...this.#secrets.values()].filter((secret) => !this.#used.has(secret))
    return {
      edits: this.#edits,
      unknown: this.#unknown,
      unused: unused.map(({ start }) => start)
    }
  }

  visit(written: unknown, was: unknown, isInFlow: boolean): void {
    const node = resolved(written, this.#tree)
    const before = resolved(was, this.#source)
    if (node === undefined || this.#visited.has(node)) return
    this.#visited.add(node)
    if (isScalar(node)) return this.#visitScalar(node, before, isInFlow)
    if (isMap(node)) return this.#visitMap(node, before, isInFlow || node.flow === true)
    if (isSeq(node)) this.#visitList(node, before, isInFlow || node.flow === true)
  }

  #visitScalar(scalar: Scalar, before: Node | undefined, isInFlow: boolean): void {
    const range = rangeOf(scalar)
    if (scalar.value !== MASKED || range === null) return
    const [start, end] = range
    const secret = isScalar(before) ? this.#secrets.get(before) : undefined
    if (secret === undefined || secret.value === MASKED) {
      this.#unknown.push(start)
    } else {
      this.#used.add(secret)
      this.#edits.push({ start, end, text: writtenAgain(secret, isInFlow) })
    }
  }

  #visitMap(map: YAMLMap, before: Node | undefined, isInFlow: boolean): void {
    for (const pair of map.items) {
      const key = keyOf(pair)
      const was = isMap(before) ? before.items.findLast((one) => keyOf(one) === key) : undefined
      this.visit(pair.value, was?.value, isInFlow)
    }
  }

  #visitList(list: YAMLSeq, before: Node | undefined, isInFlow: boolean): void {
    const items = isSeq(before) ? before.items : []
    const partners = this.#align(list.items, items)
    for (const [index, item] of list.items.entries()) {
      const partner = partners[index] ?? null
      this.visit(item, partner === null ? undefined : items[partner], isInFlow)
    }
  }

  #align(now: readonly unknown[], before: readonly unknown[]): readonly (number | null)[] {
    const digests = before.map((item) => this.#sourceDigests.of(item))
    const isAmbiguous = (digest: string): boolean => {
      const alike = before.filter((_, index) => digests[index] === digest)
      return new Set(alike.map((item) => this.#secretsBelow(item))).size > 1
    }
    return alignLists(
      digests,
      now.map((item) => this.#digests.of(item)),
      isAmbiguous
    )
  }

  /** All secrets of an entry as one word. */
  #secretsBelow(written: unknown): string {
    const values: unknown[] = []
    const seen = new Set<Node>()
    const collect = (child: unknown): void => {
      const node = resolved(child, this.#source)
      if (node === undefined || seen.has(node)) return
      seen.add(node)
      if (isScalar(node) && this.#secrets.has(node)) values.push(node.value)
      if (isMap(node)) for (const pair of node.items) collect(pair.value)
      if (isSeq(node)) for (const item of node.items) collect(item)
    }
    collect(written)
    return JSON.stringify(values)
  }
}

/** As it was written where that means the same here, else in JSON, which YAML reads as well. */
function writtenAgain({ source, value }: SecretPlace, isInFlow: boolean): string {
  const isQuoted = /^["']/.test(source)
  const isOneLine = !source.includes('\n')
  if (isOneLine && (isQuoted || !isInFlow || /^[\w./@-]+$/.test(source))) return source
  return JSON.stringify(value)
}
