/**
 * Finds the secrets of a document by walking it and the schema together, whatever it is made of:
 * plain values here, the nodes of a text where the console masks them.
 */
import type { z } from 'zod'
import type { ConfigPath } from '../model/config-problem.ts'
import { configSchema } from '../model/config-schema.ts'
import { isFields, isSecret } from '../model/schema/words.ts'
import { isSensitiveField } from '../model/sensitive-field.ts'
import { MAX_DEPTH } from './document-limits.ts'
import { alternatives, childSchemas } from './schema-walk.ts'

export interface FoundSecret<Node> {
  readonly node: Node
  readonly path: ConfigPath
  /**
   * `option`: the schema marks it, whatever its name, and it may name a source.
   * `field`: of the fields of a head one that lets its bearer in.
   */
  readonly kind: 'option' | 'field'
}

export type ChildrenOf<Node> = (node: Node) => Iterable<readonly [step: string | number, Node]>

/** In the order of the document. `childrenOf`: entries of a mapping or list, else nothing. */
export function findSecrets<Node>(
  root: Node,
  childrenOf: ChildrenOf<Node>
): Generator<FoundSecret<Node>> {
  return visit(root, [], { schemas: [configSchema], childrenOf })
}

interface Walk<Node> {
  readonly schemas: readonly z.core.$ZodType[]
  readonly childrenOf: ChildrenOf<Node>
}

function* visit<Node>(
  node: Node,
  path: ConfigPath,
  { schemas, childrenOf }: Walk<Node>
): Generator<FoundSecret<Node>> {
  if (path.length > MAX_DEPTH) return
  const plain = schemas.flatMap(alternatives)
  if (plain.some(isSecret)) {
    yield { node, path, kind: 'option' }
    return
  }
  const areFields = plain.some(isFields)
  for (const [step, child] of childrenOf(node)) {
    const at = [...path, step]
    if (areFields && isSensitiveField(String(step))) yield { node: child, path: at, kind: 'field' }
    const below = plain.flatMap((schema) => childSchemas(schema, step))
    if (below.length > 0) yield* visit(child, at, { schemas: below, childrenOf })
  }
}
