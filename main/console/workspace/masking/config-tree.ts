/** A configuration's text as a tree of nodes that know their places; never throws. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type Node,
  type Pair,
  type Scalar
} from 'yaml'

export interface ConfigTree {
  readonly text: string
  readonly document: Document.Parsed
}

/** null for a text that is no YAML or no plain one: its nodes would be guesses. */
export function readTree(text: string): ConfigTree | null {
  try {
    const document = parseDocument(text, {
      prettyErrors: false,
      schema: 'core',
      uniqueKeys: false,
      logLevel: 'error'
    })
    // A warning is a tag that nobody knows, and perhaps a secret with an exclamation mark.
    const isRead = document.errors.length === 0 && document.warnings.length === 0
    return isRead ? { text, document } : null
  } catch {
    // The library descends by recursion, so a text nested too deeply ends it with a RangeError.
    return null
  }
}

/** The node that an alias names, or the node itself; undefined for an alias of nothing. */
export function resolved(node: unknown, tree: ConfigTree): Node | undefined {
  if (isAlias(node)) return node.resolve(tree.document) as Node | undefined
  return isMap(node) || isSeq(node) || isScalar(node) ? node : undefined
}

export function keyOf(pair: Pair): string | null {
  return isScalar(pair.key) ? String(pair.key.value) : null
}

/** Start and end of a scalar's own characters, without anchor, tag and comment. */
export function rangeOf(scalar: Scalar): readonly [start: number, end: number] | null {
  if (!scalar.range) return null
  const [start, end] = scalar.range
  return end > start ? [start, end] : null
}
