/**
 * Another backend in the text of a configuration, after the last one of its pool and written the
 * way that one is. Everything else keeps its bytes: comments, quotes, alignment.
 */
import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'
import { DEFAULT_POOL_NAME, DEFAULT_WEIGHT } from '../../../proxy-core/model/default-settings.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { keyOf, readTree, resolved, type ConfigTree } from './masking/config-tree.ts'

export interface NewBackend {
  readonly address: string
  readonly weight: number
  /** 0 = primary. */
  readonly level: number
}

/** Throws CONFIG_INVALID for a text that is no YAML, POOL_UNKNOWN. */
export function addBackend(text: string, pool: string, backend: NewBackend): string {
  const tree = readTree(text)
  if (tree === null) {
    const message = 'The text is not valid YAML; mend it before a backend is added to it.'
    throw new SwitchyardError('CONFIG_INVALID', message)
  }
  const holder = holderOf(tree, pool)
  if (holder === null) {
    throw new SwitchyardError('POOL_UNKNOWN', `The configuration has no pool ${pool}.`)
  }
  const { at, insert } = placed(holder, tree, entriesOf(backend))
  const added = text.slice(0, at) + insert + text.slice(at)
  return isAdded(added, pool, backend.address) ? added : rewritten(tree, holder, backend)
}

/** An anchor or a tag in an odd place may have led the insertion astray. */
function isAdded(text: string, pool: string, address: string): boolean {
  const tree = readTree(text)
  const holder = tree && holderOf(tree, pool)
  const backends = tree && holder ? resolved(pairOf(holder, 'backends')?.value, tree) : undefined
  const last = isSeq(backends) ? resolved(backends.items.at(-1), tree!) : undefined
  return isMap(last) && last.get('address') === address
}

/** The library's own way: comments survive, the layout becomes its own. */
function rewritten({ document }: ConfigTree, holder: YAMLMap, backend: NewBackend): string {
  const { address, weight, level } = backend
  const entry = {
    address,
    ...(weight === DEFAULT_WEIGHT ? {} : { weight }),
    ...(level === 0 ? {} : { failover_level: level })
  }
  holder.addIn(['backends'], document.createNode(entry, { flow: true }))
  return document.toString({ lineWidth: 0 })
}

type Entries = readonly (readonly [key: string, value: string])[]

function entriesOf({ address, weight, level }: NewBackend): Entries {
  const entries: [string, string][] = [['address', JSON.stringify(address)]]
  if (weight !== DEFAULT_WEIGHT) entries.push(['weight', String(weight)])
  if (level > 0) entries.push(['failover_level', String(level)])
  return entries
}

/** The mapping that has, or will have, the key `backends`. */
function holderOf(tree: ConfigTree, pool: string): YAMLMap | null {
  const root = resolved(tree.document.contents, tree)
  if (!isMap(root)) return null
  if (pool === DEFAULT_POOL_NAME && pairOf(root, 'backends') !== undefined) return root
  const pools = resolved(pairOf(root, 'pools')?.value, tree)
  if (!isSeq(pools)) return null
  const found = pools.items
    .map((item) => resolved(item, tree))
    .find((item) => isMap(item) && nameOf(item, tree) === pool)
  return isMap(found) ? found : null
}

function nameOf(map: YAMLMap, tree: ConfigTree): unknown {
  const node = resolved(pairOf(map, 'name')?.value, tree)
  return isScalar(node) ? node.value : undefined
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.findLast((pair) => keyOf(pair) === key)
}

interface Insertion {
  readonly at: number
  readonly insert: string
}

function placed(holder: YAMLMap, tree: ConfigTree, entries: Entries): Insertion {
  const pair = pairOf(holder, 'backends')
  if (pair === undefined) return withKey(holder, tree, entries)
  const backends = resolved(pair.value, tree)
  if (!isSeq(backends)) {
    throw new SwitchyardError('CONFIG_INVALID', 'The `backends` of this pool are not a list yet.')
  }
  const last = backends.items.at(-1) as Node | undefined
  if (last === undefined) return intoEmpty(backends, entries)
  if (backends.flow === true) return { at: last.range![1], insert: `, ${inFlow(entries)}` }
  return afterItem(last, tree, entries)
}

/** `backends: []`, also over several lines. */
function intoEmpty(list: YAMLSeq, entries: Entries): Insertion {
  return { at: list.range![0] + 1, insert: inFlow(entries) }
}

function afterItem(last: Node, tree: ConfigTree, entries: Entries): Insertion {
  const { text } = tree
  const node = resolved(last, tree)
  const dash = text.lastIndexOf('-', last.range![0])
  const indent = ' '.repeat(columnOf(text, dash))
  const isBlock = isMap(node) && node === last && node.flow !== true
  // As far as the line above has it: `-   address` stays aligned.
  const between = text.slice(dash + 1, last.range![0])
  const gap = isBlock && /^ +$/.test(between) ? between : ' '
  const lines = entries.map(([key, value]) => `${key}: ${value}`)
  const content = isBlock ? lines.join(`\n${indent} ${gap}`) : inFlow(entries)
  return newLine(text, endOf(last), `${indent}-${gap}${content}`)
}

/** The pool has no key `backends` yet. */
function withKey(holder: YAMLMap, tree: ConfigTree, entries: Entries): Insertion {
  const { text } = tree
  const item = inFlow(entries)
  const last = holder.items.at(-1)!
  const end = endOf((last.value ?? last.key) as Node)
  if (holder.flow === true) return { at: end, insert: `, backends: [${item}]` }
  const indent = ' '.repeat(columnOf(text, holder.range![0]))
  return newLine(text, end, `${indent}backends:\n${indent}  - ${item}`)
}

function inFlow(entries: Entries): string {
  return `{ ${entries.map(([key, value]) => `${key}: ${value}`).join(', ')} }`
}

/** Behind the last character that means something; a block text ends with its last line. */
function endOf(node: Node): number {
  return node.range![1]
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1)
}

/** A line of its own, below the one in which `end` lies and its comment. */
function newLine(text: string, end: number, lines: string): Insertion {
  // A block text or mapping may end behind its last line break.
  const isAtLineStart = end > 0 && text[end - 1] === '\n'
  const lineEnd = isAtLineStart ? end - 1 : text.indexOf('\n', end)
  if (lineEnd === -1) return { at: text.length, insert: `\n${lines}\n` }
  const lineBreak = text[lineEnd - 1] === '\r' ? '\r\n' : '\n'
  return { at: lineEnd + 1, insert: lines.replaceAll('\n', lineBreak) + lineBreak }
}
