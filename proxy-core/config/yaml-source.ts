/**
 * The text of a configuration: YAML 1.2 read into plain JSON values, with a place in the
 * text for every path. What YAML allows and a configuration must not have (two equal
 * keys, custom tags, keys that are no words, bombs of aliases) is refused here.
 */
import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type Pair
} from 'yaml'
import { formatPath, type ConfigPath, type ConfigProblem } from '../model/config-problem.ts'
import type { Place } from './finding.ts'
import { inspectTree } from './yaml-tree.ts'

/** Ten thousand routes take about 1 MB. */
export const MAX_TEXT_LENGTH = 8_000_000
/** Entries that aliases may add up to, nested ones multiplied out. */
const MAX_ALIAS_COUNT = 10_000

export interface YamlSource {
  /** Plain JSON values; undefined when the text is no YAML. */
  readonly document: unknown
  readonly problems: readonly ConfigProblem[]
  /** The place of an entry, or of the nearest enclosing entry that exists. */
  locate(path: ConfigPath, at: 'key' | 'value'): Place
}

/** Never throws: whatever the text is, the answer is a document or problems. */
export function readYaml(text: string, file: string): YamlSource {
  if (text.length > MAX_TEXT_LENGTH) {
    const limit = String(MAX_TEXT_LENGTH / 1_000_000)
    return unreadable(file, 'LIMIT', `The file has more than ${limit} million characters.`)
  }
  try {
    return readTree(text, file)
  } catch (cause) {
    // The YAML library descends by recursion, and reports too many aliases like this.
    if (cause instanceof RangeError)
      return unreadable(file, 'LIMIT', 'The file is nested too deeply.')
    if (cause instanceof ReferenceError) {
      return unreadable(
        file,
        'LIMIT',
        `Aliases add up to more than ${String(MAX_ALIAS_COUNT)} entries.`
      )
    }
    const reason = cause instanceof Error ? cause.message : String(cause)
    return unreadable(file, 'SYNTAX', `The text cannot be read as YAML: ${reason}.`)
  }
}

function readTree(text: string, file: string): YamlSource {
  const lines = new LineCounter()
  const tree = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    schema: 'core',
    // Checked by `inspectTree`: the library compares every key of a mapping with every other.
    uniqueKeys: false,
    logLevel: 'error'
  })
  // The library points behind the text where something is missing at its end.
  const lastOffset = Math.max(0, text.trimEnd().length - 1)
  const place = (start: number, end: number): Place => {
    return placeOf(text, lines, Math.min(start, lastOffset), end)
  }
  const problems: ConfigProblem[] = [...tree.errors, ...tree.warnings].map((error) => ({
    ...problemBase('SYNTAX', file),
    ...place(...error.pos),
    message: sentence(error.message)
  }))
  if (tree.directives?.yaml.explicit === true && tree.directives.yaml.version !== '1.2') {
    problems.push({
      ...problemBase('SYNTAX', file),
      ...place(0, 1),
      message: 'Only YAML 1.2 is read.'
    })
  }
  for (const fault of inspectTree(tree)) {
    problems.push({
      ...problemBase(fault.code, file),
      ...place(...fault.range),
      path: formatPath(fault.path),
      message: fault.message
    })
  }
  const isBroken = problems.some((problem) => problem.code !== 'DUPLICATE_KEY')
  const document = isBroken ? undefined : (tree.toJS({ maxAliasCount: MAX_ALIAS_COUNT }) as unknown)
  return { document, problems, locate: (path, at) => place(...rangeOf(tree, path, at)) }
}

type Range = readonly [start: number, end: number]

function rangeOf(tree: Document.Parsed, path: ConfigPath, at: 'key' | 'value'): Range {
  let node: unknown = tree.contents
  let range: Range = startOf(node) ?? [0, 1]
  for (const step of path) {
    const found = entryOf(resolved(node, tree), step)
    if (found === undefined) return range
    const key = isPair(found) ? startOf(found.key) : undefined
    node = isPair(found) ? found.value : found
    const value = startOf(node)
    range = (at === 'key' ? (key ?? value) : (value ?? key)) ?? range
  }
  return range
}

function entryOf(node: unknown, step: string | number): Pair | Node | undefined {
  if (isMap(node)) {
    // The last of equal keys counts, as it does in the document.
    return node.items.findLast(
      (pair) => isScalar(pair.key) && String(pair.key.value) === String(step)
    )
  }
  const item = isSeq(node) ? node.items[Number(step)] : undefined
  return isNode(item) ? item : undefined
}

/** The node itself, or its first key: a mapping as a whole has no width worth underlining. */
function startOf(node: unknown): Range | undefined {
  if (!isNode(node) || !node.range) return undefined
  const [start, end] = node.range
  if (isMap(node) && isNode(node.items[0]?.key)) return startOf(node.items[0].key)
  if (isMap(node) || isSeq(node)) return [start, start + 1]
  return end > start ? [start, end] : undefined
}

function resolved(node: unknown, tree: Document.Parsed): unknown {
  return isAlias(node) ? node.resolve(tree) : node
}

function placeOf(text: string, lines: LineCounter, offset: number, end: number): Place {
  const { line, col } = lines.linePos(offset)
  const lineEnd = text.indexOf('\n', offset)
  const last = lineEnd === -1 ? end : Math.min(end, lineEnd)
  return { line: Math.max(1, line), column: Math.max(1, col), width: Math.max(1, last - offset) }
}

function unreadable(file: string, code: 'LIMIT' | 'SYNTAX', message: string): YamlSource {
  const place = { line: 1, column: 1, width: 1 }
  return {
    document: undefined,
    problems: [{ ...problemBase(code, file), ...place, message }],
    locate: () => place
  }
}

function problemBase(
  code: ConfigProblem['code'],
  file: string
): Pick<ConfigProblem, 'code' | 'file' | 'path' | 'hint'> {
  return { code, file, path: '', hint: null }
}

/** The library's messages, as one line that ends as sentences do. */
function sentence(message: string): string {
  const line = message.replaceAll(/\s+/g, ' ').trim()
  return /[.!?]$/.test(line) ? line : `${line}.`
}
