/** Equal digests for nodes that would look the same with their secrets masked. */
import { createHash } from 'node:crypto'
import { isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml'
import { MASKED } from '../../../../proxy-core/model/traffic-sample.ts'
import { keyOf, resolved, type ConfigTree } from './config-tree.ts'

export class NodeDigests {
  readonly #tree: ConfigTree
  readonly #isSecret: (scalar: Scalar) => boolean
  /** Every node is looked at once, however many aliases lead to it; a cycle ends at itself. */
  readonly #known = new Map<Node, string>()

  constructor(tree: ConfigTree, isSecret: (scalar: Scalar) => boolean) {
    this.#tree = tree
    this.#isSecret = isSecret
  }

  of(written: unknown): string {
    const node = resolved(written, this.#tree)
    if (node === undefined) return ''
    const known = this.#known.get(node)
    if (known !== undefined) return known
    this.#known.set(node, 'cycle')
    const digest = createHash('sha256')
      .update(JSON.stringify(this.#content(node)))
      .digest('base64')
    this.#known.set(node, digest)
    return digest
  }

  #content(node: Node): unknown {
    if (isSeq(node)) return ['list', ...node.items.map((item) => this.of(item))]
    if (isMap(node)) {
      return ['mapping', ...node.items.map((pair) => [keyOf(pair), this.of(pair.value)])]
    }
    if (!isScalar(node)) return ['nothing']
    return ['scalar', this.#isSecret(node) ? MASKED : node.value]
  }
}
