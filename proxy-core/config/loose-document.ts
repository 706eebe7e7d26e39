/**
 * A document as it was written, valid or not. The checks of how options fit together read
 * this instead of the validated document, so that one misspelt value does not hide every
 * other problem until the next attempt.
 */
import type { ConfigPath } from '../model/config-problem.ts'
import type { Finding } from './finding.ts'

export class LooseNode {
  readonly value: unknown
  readonly path: ConfigPath

  constructor(value: unknown, path: ConfigPath = []) {
    this.value = value
    this.path = path
  }

  get isMapping(): boolean {
    return typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value)
  }

  /** Whether the key is there, with whatever value. */
  has(key: string): boolean {
    return this.isMapping && Object.hasOwn(this.value as object, key)
  }

  /** The entry under a key; one of undefined when it is absent. */
  at(key: string): LooseNode {
    const value = this.has(key) ? (this.value as Readonly<Record<string, unknown>>)[key] : undefined
    return new LooseNode(value, [...this.path, key])
  }

  /** The value as text; undefined when it is none. */
  get text(): string | undefined {
    return typeof this.value === 'string' ? this.value : undefined
  }

  /** The entries of a list; none when it is no list. */
  get items(): readonly LooseNode[] {
    if (!Array.isArray(this.value)) return []
    return this.value.map((item: unknown, index) => new LooseNode(item, [...this.path, index]))
  }

  /** The keys of a mapping. */
  get keys(): readonly string[] {
    return this.isMapping ? Object.keys(this.value as object) : []
  }
}

/** What one area of the configuration must fulfil beyond the single values. */
export type CrossCheck = (root: LooseNode) => Iterable<Finding>

/** Every backend list: those of pools, and the top-level one of seed 004. */
export function backendLists(root: LooseNode): readonly LooseNode[] {
  return [root.at('backends'), ...root.at('pools').items.map((pool) => pool.at('backends'))]
}

/** Every health check that is written. */
export function healthChecks(root: LooseNode): readonly LooseNode[] {
  const holders = [
    root.at('defaults'),
    ...root.at('pools').items,
    ...backendLists(root).flatMap((list) => list.items)
  ]
  return holders.map((holder) => holder.at('health_check')).filter((check) => check.isMapping)
}
