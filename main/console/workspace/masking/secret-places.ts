/**
 * Where a text carries secrets in clear, found by walking text and schema together: what the
 * schema marks as secret is one, whatever its name, and of fields of a head those that let their
 * bearer in.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Alias,
  type Node,
  type Scalar,
  type YAMLMap
} from 'yaml'
import { MAX_DEPTH } from '../../../../proxy-core/config/document-limits.ts'
import { findSecrets } from '../../../../proxy-core/config/secret-walk.ts'
import { SECRET_SOURCES } from '../../../../proxy-core/model/schema/words.ts'
import { keyOf, rangeOf, resolved, type ConfigTree } from './config-tree.ts'

export interface SecretPlace {
  readonly start: number
  readonly end: number
  /** As written, with its quotes. */
  readonly source: string
  readonly value: unknown
}

/** Each node once, also where aliases repeat it. */
export function secretPlaces(tree: ConfigTree): ReadonlyMap<Node, SecretPlace> {
  const walk: Walk = { tree, places: new Map() }
  const below = (written: unknown): Iterable<Entry> => entriesOf(resolved(written, tree))
  for (const { node, path } of findSecrets<unknown>(tree.document.contents, below)) {
    takeSecret(node, path.length, walk)
  }
  return walk.places
}

interface Walk {
  readonly tree: ConfigTree
  readonly places: Map<Node, SecretPlace>
}

type Entry = readonly [step: string | number, child: unknown]

/** A secret of the wrong kind, such as a list, is still one. */
function takeSecret(written: unknown, depth: number, walk: Walk): void {
  const node = resolved(written, walk.tree)
  if (depth > MAX_DEPTH) return
  if (node === undefined) {
    // A secret that begins with an asterisk reads as the alias of nothing.
    if (isAlias(written)) addPlace(written, written.range ?? null, walk)
  } else if (isScalar(node)) {
    addPlace(node, rangeOf(node) ?? anchorRange(node, walk.tree), walk)
  } else if (!isMap(node) || !isReference(node)) {
    for (const [, child] of entriesOf(node)) takeSecret(child, depth + 1, walk)
  }
}

function addPlace(
  node: Alias | Scalar,
  range: readonly [start: number, end: number, ...rest: unknown[]] | null,
  { tree, places }: Walk
): void {
  if (range === null) return
  const [start, end] = range
  const value = isScalar(node) ? node.value : null
  places.set(node, { start, end, source: tree.text.slice(start, end), value })
}

/** A secret that begins with an ampersand reads as the anchor of nothing. */
function anchorRange({ anchor, range }: Scalar, { text }: ConfigTree): [number, number] | null {
  if (anchor === undefined || !range) return null
  const start = text.lastIndexOf(`&${anchor}`, range[0])
  return start === -1 ? null : [start, start + anchor.length + 1]
}

function isReference(map: YAMLMap): boolean {
  const [pair, ...others] = map.items
  return pair !== undefined && others.length === 0 && SECRET_SOURCES.includes(keyOf(pair) ?? '')
}

function* entriesOf(node: Node | undefined): Generator<Entry> {
  if (isSeq(node)) yield* node.items.entries()
  if (!isMap(node)) return
  for (const pair of node.items) {
    const key = keyOf(pair)
    if (key !== null) yield [key, pair.value]
  }
}
