/** A configuration that is being written: mappings in order, each value with the lines it comes from. */
import { Document, isScalar, Pair, YAMLMap, YAMLSeq, type Node } from 'yaml'

export type DraftScalar = string | number | boolean
export type DraftValue = DraftScalar | readonly DraftScalar[] | DraftMap | readonly DraftMap[]

interface DraftEntry {
  readonly value: DraftValue
  /** One line; null: none. */
  readonly comment: string | null
}

export class DraftMap {
  /** For people: `pools[http_out].retry`. */
  readonly path: string
  readonly #entries = new Map<string, DraftEntry>()

  constructor(path = '') {
    this.path = path
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0
  }

  get(key: string): DraftValue | undefined {
    return this.#entries.get(key)?.value
  }

  set(key: string, value: DraftValue, comment: string | null = null): void {
    this.#entries.set(key, { value, comment })
  }

  /** The mapping of this key; a new one where there is none. */
  child(key: string, comment: string | null = null): DraftMap {
    const there = this.#entries.get(key)?.value
    if (there instanceof DraftMap) return there
    const child = new DraftMap(this.pathOf(key))
    this.set(key, child, comment)
    return child
  }

  pathOf(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`
  }

  keys(): readonly string[] {
    return [...this.#entries.keys()]
  }

  /** Takes over one key of another mapping, with its comment. */
  take(other: DraftMap, key: string): void {
    const entry = other.#entries.get(key)
    if (entry !== undefined) this.#entries.set(key, entry)
  }

  /** Takes over what another mapping has, behind what is here. */
  adopt(other: DraftMap): void {
    for (const [key, entry] of other.#entries) this.#entries.set(key, entry)
  }

  /** Without comments. */
  toPlain(): Readonly<Record<string, unknown>> {
    return Object.fromEntries([...this.#entries].map(([key, { value }]) => [key, plainOf(value)]))
  }

  toNode(): YAMLMap {
    const map = new YAMLMap()
    for (const [key, { value, comment }] of this.#entries) {
      map.items.push(new Pair(DOCUMENT.createNode(key), nodeOf(value, comment)))
    }
    return map
  }
}

/** YAML of the draft below a comment of several lines, an empty line before each section. */
export function draftText(draft: DraftMap, heading: readonly string[]): string {
  const contents = draft.toNode()
  for (const [index, { key }] of contents.items.entries()) {
    if (index > 0 && isScalar(key)) key.spaceBefore = true
  }
  const comment = heading.map((line) => ` ${line}`).join('\n')
  const document = new Document(contents)
  document.commentBefore = comment
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}

/** Only what makes nodes of scalars. */
const DOCUMENT = new Document()

function plainOf(value: DraftValue): unknown {
  if (value instanceof DraftMap) return value.toPlain()
  return typeof value === 'object'
    ? value.map((item) => (item instanceof DraftMap ? item.toPlain() : item))
    : value
}

function nodeOf(value: DraftValue, comment: string | null): Node {
  const node = bareNodeOf(value)
  if (comment === null) return node
  // Behind the key where the value begins on the next line, behind the value elsewhere.
  const isBlock = node instanceof YAMLMap || (node instanceof YAMLSeq && node.flow !== true)
  if (isBlock) node.commentBefore = ` ${comment}`
  else node.comment = ` ${comment}`
  return node
}

function bareNodeOf(value: DraftValue): Node {
  if (value instanceof DraftMap) return value.toNode()
  if (typeof value !== 'object') return DOCUMENT.createNode(value)
  const list = new YAMLSeq()
  list.flow = !value.some((item) => item instanceof DraftMap)
  for (const item of value) {
    list.items.push(item instanceof DraftMap ? item.toNode() : DOCUMENT.createNode(item))
  }
  return list
}
