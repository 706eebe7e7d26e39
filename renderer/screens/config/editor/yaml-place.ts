/**
 * Where in a YAML document a cursor stands, read from the text alone: it works on a line that is
 * half typed, which no parser accepts. Of flow style (`{ a: 1 }`) the nearest hundred lines count.
 */
import { blockEntries, flowDepth, flowFrames, type FlowFrame } from './yaml-line.ts'

/** The lines of a document, from 1. */
export interface LineSource {
  readonly lineCount: number
  line(number: number): string
}

/** One step into a document: the name of a key, or an item of a list. */
export type PathStep = { readonly key: string } | 'item'

export interface YamlPlace {
  /** Of the mapping (kind "key") or of the value (kind "value"). */
  readonly path: readonly PathStep[]
  readonly kind: 'key' | 'value'
  /** Column in UTF-16 units, from 0, where the word at the cursor begins. */
  readonly from: number
  /** The word from there to the cursor. */
  readonly typed: string
  /** Keys that the mapping already has; for kind "key". */
  readonly siblings: ReadonlySet<string>
  /** Inside `{ }` or `[ ]`: new lines mean nothing there. */
  readonly isFlow: boolean
  /** Column at which the keys of the mapping stand. */
  readonly indent: number
}

const MAX_FLOW_LINES = 100
/** How far the keys of one mapping are looked for. */
const MAX_SIBLING_LINES = 2000

/** null where nothing can be written: in a comment. */
export function yamlPlaceAt(lines: LineSource, number: number, column: number): YamlPlace | null {
  const before = lines.line(number).slice(0, column)
  const opening = flowOpening(lines, number, before)
  if (opening !== null) return flowPlace(lines, number, before, opening)
  return blockPlace(lines, number, before)
}

interface FlowOpening {
  readonly line: number
  readonly frames: readonly FlowFrame[]
  readonly word: { readonly from: number; readonly typed: string }
}

function flowOpening(lines: LineSource, number: number, before: string): FlowOpening | null {
  let depth = flowDepth(before)
  let first = number
  while (depth <= 0 && first > 1 && number - first < MAX_FLOW_LINES) {
    first--
    depth += flowDepth(lines.line(first))
  }
  if (depth <= 0) return null
  const texts: string[] = []
  for (let at = first; at < number; at++) texts.push(lines.line(at))
  const { frames, word } = flowFrames([...texts, before])
  return frames.length === 0 ? null : { line: first, frames, word }
}

function flowPlace(
  lines: LineSource,
  number: number,
  before: string,
  { line, frames, word }: FlowOpening
): YamlPlace | null {
  if (isComment(before)) return null
  const outer = lines.line(line).slice(0, frames[0]?.column ?? 0)
  const path: PathStep[] = [...pathOfValue(lines, line, outer)]
  for (const [at, frame] of frames.entries()) {
    const isInner = at === frames.length - 1
    if (frame.kind === 'list') path.push('item')
    else if (frame.key !== null) path.push({ key: frame.key })
    else if (!isInner) return null
  }
  const inner = frames.at(-1)
  const isKey = inner?.kind === 'map' && inner.key === null
  const indent = number === line ? outer.length : before.length
  const siblings = new Set(isKey ? inner.keys : [])
  return { path, kind: isKey ? 'key' : 'value', ...word, siblings, isFlow: true, indent }
}

function blockPlace(lines: LineSource, number: number, before: string): YamlPlace | null {
  if (isComment(before)) return null
  const entries = blockEntries(before)
  const last = entries.at(-1)
  if (last?.kind === 'key' && before.length >= last.valueFrom) {
    const path = pathOfValue(lines, number, before)
    const from = last.valueFrom
    const shape = { siblings: new Set<string>(), isFlow: false, indent: last.column }
    return { path, kind: 'value', from, typed: before.slice(from), ...shape }
  }
  const from = last?.kind === 'item' ? last.contentFrom : before.length - before.trimStart().length
  const typed = before.slice(from)
  const items = entries.map(({ kind, column }) => ({ kind, column }))
  const path = pathAbove(lines, number, [...items, { kind: 'key', column: from, key: '' }])
  const siblings = siblingsOf(lines, number, from)
  return { path, kind: 'key', from, typed, siblings, isFlow: false, indent: from }
}

interface Step {
  readonly kind: 'key' | 'item'
  readonly column: number
  readonly key?: string
}

/** Path of what stands after the last entry of a line. */
function pathOfValue(lines: LineSource, number: number, before: string): readonly PathStep[] {
  const entries: readonly Step[] = blockEntries(before)
  const last = entries.at(-1)
  if (last === undefined) return pathAbove(lines, number, [{ kind: 'key', column: before.length }])
  const above = pathAbove(lines, number, entries)
  return [...above, last.kind === 'item' ? 'item' : { key: last.key ?? '' }]
}

/** Path of the entry that the last of these steps is, without the step itself. */
function pathAbove(lines: LineSource, number: number, own: readonly Step[]): readonly PathStep[] {
  const path: PathStep[] = []
  let inner = own.at(-1)
  if (inner === undefined) return path
  const take = (steps: readonly Step[]): void => {
    for (const step of steps.toReversed()) {
      if (inner === undefined || !isParent(step, inner)) continue
      path.unshift(step.kind === 'item' ? 'item' : { key: step.key ?? '' })
      inner = step
    }
  }
  take(own.slice(0, -1))
  for (let at = number - 1; at >= 1 && !isOutermost(inner); at--) take(blockEntries(lines.line(at)))
  return path
}

function isOutermost(step: Step | undefined): boolean {
  return step === undefined || (step.column === 0 && step.kind === 'key')
}

/** A list may stand at the column of the key that it belongs to. */
function isParent(step: Step, inner: Step): boolean {
  if (step.column < inner.column) return true
  return step.column === inner.column && step.kind === 'key' && inner.kind === 'item'
}

/** The other keys of the mapping whose keys stand at this column. */
function siblingsOf(lines: LineSource, number: number, column: number): ReadonlySet<string> {
  const found = new Set<string>()
  const own = blockEntries(lines.line(number)).filter(({ kind }) => kind === 'item')
  // Above the first key of an item there is another item.
  if (own.length === 0) walk(-1)
  walk(1)
  return found

  function walk(step: -1 | 1): void {
    for (let moved = 1; moved < MAX_SIBLING_LINES; moved++) {
      const at = number + step * moved
      if (at < 1 || at > lines.lineCount) return
      const entries = blockEntries(lines.line(at))
      const isEnd = entries.some((entry) => entry.column < column)
      if (isEnd && step === 1) return
      for (const entry of entries) {
        if (entry.kind === 'key' && entry.column === column) found.add(entry.key)
      }
      if (isEnd) return
    }
  }
}

function isComment(before: string): boolean {
  return /(^|\s)#/.test(before.replace(/"[^"]*"|'[^']*'/g, ''))
}
