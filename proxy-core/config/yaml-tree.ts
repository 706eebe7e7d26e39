/** What YAML allows and a configuration must not have. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Alias,
  type Document,
  type Node,
  type YAMLMap
} from 'yaml'
import type { ConfigPath } from '../model/config-problem.ts'
import { MAX_DEPTH, UNSAFE_KEYS } from './document-limits.ts'

export interface TreeFault {
  readonly code: 'DUPLICATE_KEY' | 'UNSAFE_KEY' | 'SYNTAX' | 'LIMIT'
  readonly range: readonly [start: number, end: number]
  readonly path: ConfigPath
  readonly message: string
}

/** Every fault of a tree, aliases not followed. */
export function inspectTree(tree: Document.Parsed): readonly TreeFault[] {
  const faults: TreeFault[] = []
  inspect(tree.contents, { faults, anchors: new Map(), path: [], ancestors: [] })
  return faults
}

interface Inspection {
  readonly faults: TreeFault[]
  /** What each anchor names at this point of the text. */
  readonly anchors: Map<string, unknown>
  readonly path: ConfigPath
  readonly ancestors: readonly unknown[]
}

function inspect(node: unknown, at: Inspection): void {
  if (isAlias(node)) {
    inspectAlias(node, at)
    return
  }
  rememberAnchor(node, at)
  if (!isMap(node) && !isSeq(node)) return
  if (at.path.length >= MAX_DEPTH) {
    const message = `The file is nested deeper than ${String(MAX_DEPTH)} levels.`
    at.faults.push(fault('LIMIT', node, at.path, message))
    return
  }
  const ancestors = [...at.ancestors, node]
  if (isMap(node)) {
    inspectMap(node, { ...at, ancestors })
    return
  }
  node.items.forEach((item, index) => {
    inspect(item, { ...at, path: [...at.path, index], ancestors })
  })
}

function inspectAlias(node: Alias, at: Inspection): void {
  const name = JSON.stringify(node.source)
  if (!at.anchors.has(node.source)) {
    const message = `The alias ${name} has no anchor before it.`
    at.faults.push(fault('SYNTAX', node, at.path, message))
  } else if (at.ancestors.includes(at.anchors.get(node.source))) {
    const message = `The alias ${name} stands inside what it repeats.`
    at.faults.push(fault('LIMIT', node, at.path, message))
  }
}

function inspectMap(node: YAMLMap, at: Inspection): void {
  const seen = new Set<string>()
  for (const { key, value } of node.items) {
    rememberAnchor(key, at)
    const name = keyName(key)
    const path = [...at.path, name ?? '?']
    const found = keyFault(name, seen)
    if (found !== undefined) at.faults.push(fault(found.code, key, path, found.message))
    if (name !== undefined) seen.add(name)
    inspect(value, { ...at, path })
  }
}

function rememberAnchor(node: unknown, at: Inspection): void {
  const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined
  if (anchor !== undefined) at.anchors.set(anchor, node)
}

function keyFault(
  name: string | undefined,
  seen: ReadonlySet<string>
): Pick<TreeFault, 'code' | 'message'> | undefined {
  if (name === undefined || name === '') {
    return { code: 'SYNTAX', message: 'A key must be a word.' }
  }
  if (UNSAFE_KEYS.has(name)) {
    return { code: 'UNSAFE_KEY', message: `The key ${JSON.stringify(name)} is not allowed.` }
  }
  if (seen.has(name)) {
    return { code: 'DUPLICATE_KEY', message: `The key ${JSON.stringify(name)} stands here twice.` }
  }
  return undefined
}

/** Undefined for keys that are collections or aliases; '' for an absent key. */
function keyName(key: unknown): string | undefined {
  if (key === null) return ''
  if (!isScalar(key)) return undefined
  return key.value === null ? '' : String(key.value)
}

function fault(
  code: TreeFault['code'],
  node: unknown,
  path: ConfigPath,
  message: string
): TreeFault {
  const [start, end] = (node as Node | null)?.range ?? [0, 1]
  return { code, range: [start, Math.max(end, start + 1)], path, message }
}
