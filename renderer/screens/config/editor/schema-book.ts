/**
 * What may be written where, read from the JSON Schema (draft 7) of the configuration: `$ref`,
 * `allOf`, `anyOf`, `properties`, `items`, `enum`, `const` and `boolean`, which is what ours uses.
 */
import type { PathStep } from './yaml-place.ts'

type Schema = Readonly<Record<string, unknown>>

export interface SchemaKey {
  readonly name: string
  readonly description: string
  readonly isRequired: boolean
  /** What its value is; `group` is a mapping. */
  readonly shape: 'group' | 'list' | 'value'
  /** "http, tcp", "whole number, 1 to 100". */
  readonly form: string
}

export interface SchemaDoc {
  readonly description: string
  readonly form: string
}

export class SchemaBook {
  readonly #root: Schema

  constructor(schema: Schema) {
    this.#root = schema
  }

  /** In the order of the schema, as the reference has them. */
  keysAt(path: readonly PathStep[]): readonly SchemaKey[] {
    const keys = new Map<string, SchemaKey>()
    for (const node of this.#resolve(path)) {
      const required = listOf(node.required)
      for (const [name, property] of Object.entries(recordOf(node.properties))) {
        if (keys.has(name)) continue
        const isRequired = required.includes(name)
        keys.set(name, { name, isRequired, ...this.#about(recordOf(property)) })
      }
    }
    return [...keys.values()]
  }

  /** Values that can be named: of lists of words, and true and false. */
  valuesAt(path: readonly PathStep[]): readonly string[] {
    return [...new Set(this.#resolve(path).flatMap(namedValues))]
  }

  /** null where the schema has nothing of that name. */
  docAt(path: readonly PathStep[]): SchemaDoc | null {
    const last = path.at(-1)
    if (last === undefined || last === 'item') return null
    const key = this.keysAt(path.slice(0, -1)).find(({ name }) => name === last.key)
    return key === undefined ? null : { description: key.description, form: key.form }
  }

  #about(property: Schema): Pick<SchemaKey, 'description' | 'shape' | 'form'> {
    const nodes = this.#alternatives(property)
    const described = [property, ...nodes].find(({ description }) => description !== undefined)
    const description = typeof described?.description === 'string' ? described.description : ''
    return { description, shape: shapeOf(nodes), form: formOf(nodes) }
  }

  #resolve(path: readonly PathStep[]): readonly Schema[] {
    let nodes = this.#alternatives(this.#root)
    for (const step of path) {
      nodes = nodes.flatMap((node) => this.#into(node, step))
    }
    return nodes
  }

  #into(node: Schema, step: PathStep): readonly Schema[] {
    if (step === 'item') {
      const { items } = node
      return isRecord(items) ? this.#alternatives(items) : []
    }
    const named = recordOf(node.properties)[step.key] ?? node.additionalProperties
    return isRecord(named) ? this.#alternatives(named) : []
  }

  /** A node with everything that it refers to; each of them may hold. */
  #alternatives(node: Schema, depth = 0): readonly Schema[] {
    // A schema that refers to itself would have no end.
    if (depth > 8) return []
    const { $ref, allOf, anyOf, oneOf } = node
    const referred = typeof $ref === 'string' ? [this.#referred($ref)] : []
    const parts = [...referred, ...[allOf, anyOf, oneOf].flatMap(listOf)].filter(isRecord)
    return [node, ...parts.flatMap((part) => this.#alternatives(part, depth + 1))]
  }

  #referred(reference: string): unknown {
    return reference
      .replace(/^#\/?/, '')
      .split('/')
      .filter(Boolean)
      .reduce<unknown>((node, name) => recordOf(node)[name], this.#root)
  }
}

function shapeOf(nodes: readonly Schema[]): SchemaKey['shape'] {
  const has = (type: string): boolean => nodes.some((node) => node.type === type)
  const isScalar = nodes.some((node) =>
    ['string', 'boolean', 'integer', 'number'].includes(String(node.type))
  )
  if (isScalar) return 'value'
  if (has('array')) return 'list'
  return has('object') ? 'group' : 'value'
}

function formOf(nodes: readonly Schema[]): string {
  const words = nodes.flatMap(namedValues)
  const kinds = nodes.flatMap((node) => kindOf(node))
  return [...new Set([...words, ...kinds])].join(', ')
}

function kindOf({ type, pattern, minimum, maximum, enum: words }: Schema): readonly string[] {
  const range = typeof minimum === 'number' && typeof maximum === 'number'
  const limits = range ? ` from ${String(minimum)} to ${String(maximum)}` : ''
  if (type === 'integer') return [`whole number${limits}`]
  if (type === 'number') return [`number${limits}`]
  if (type === 'array') return ['list']
  if (type === 'object') return ['group']
  if (type !== 'string' || words !== undefined) return []
  const isDuration = typeof pattern === 'string' && pattern.includes('(ms|s|m|h|d)')
  return [isDuration ? 'duration such as 500ms or 2s' : 'text']
}

function namedValues(node: Schema): readonly string[] {
  if (Array.isArray(node.enum)) return node.enum.map(String)
  if (node.const !== undefined) return [String(node.const)]
  return node.type === 'boolean' ? ['true', 'false'] : []
}

function isRecord(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function recordOf(value: unknown): Schema {
  return isRecord(value) ? value : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
