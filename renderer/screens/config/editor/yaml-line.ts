/** What one line of YAML says of the structure around it. Pure text; no document is needed. */

export type BlockEntry =
  | {
      readonly kind: 'item'
      /** Of the dash, from 0. */
      readonly column: number
      /** Of what follows it. */
      readonly contentFrom: number
    }
  | {
      readonly kind: 'key'
      readonly column: number
      readonly key: string
      /** Of the value, after the colon and its blanks. */
      readonly valueFrom: number
    }

/** One `{` or `[` that is still open. */
export interface FlowFrame {
  readonly kind: 'map' | 'list'
  /** Of the bracket, in its line. */
  readonly column: number
  /** Of a mapping: the key whose value is next; null = a key is next. */
  readonly key: string | null
  /** Of a mapping: the keys that it has so far. */
  readonly keys: readonly string[]
}

const KEY =
  /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#"'{}[\],&*!|>%@`-][^#{}[\],]*?|-[^\s#:][^#{}[\],]*?)\s*:(?:\s+|$)/

/** "- name: x" is an item and a key. A comment and a blank line are nothing. */
export function blockEntries(line: string): readonly BlockEntry[] {
  const entries: BlockEntry[] = []
  let column = line.length - line.trimStart().length
  for (;;) {
    const dash = /^-(\s+|$)/.exec(line.slice(column))
    if (dash === null) break
    entries.push({ kind: 'item', column, contentFrom: column + dash[0].length })
    column += dash[0].length
  }
  const key = KEY.exec(line.slice(column))
  if (key?.[1] !== undefined) {
    entries.push({ kind: 'key', column, key: unquoted(key[1]), valueFrom: column + key[0].length })
  }
  return entries
}

/** Brackets that a line opens less those that it closes. */
export function flowDepth(line: string): number {
  let depth = 0
  for (const { text } of tokensOf(line)) {
    if (text === '{' || text === '[') depth++
    if (text === '}' || text === ']') depth--
  }
  return depth
}

interface Token {
  readonly text: string
  readonly column: number
}

const TOKEN = /"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?|[{}[\],]|:(?=\s|$)|[^\s{}[\],:]+|:/g

/** Words, quoted texts and the signs of flow style, without comments. */
function tokensOf(line: string): readonly Token[] {
  const tokens: Token[] = []
  for (const { 0: text, index } of line.matchAll(TOKEN)) {
    if (text.startsWith('#') && (index === 0 || /\s/.test(line[index - 1] ?? ''))) break
    tokens.push({ text, column: index })
  }
  return tokens
}

interface OpenFrame {
  kind: 'map' | 'list'
  column: number
  key: string | null
  keys: string[]
}

/** The brackets that are open at the end of the last line, and the word that is typed there. */
export function flowFrames(lines: readonly string[]): {
  readonly frames: readonly FlowFrame[]
  readonly word: { readonly from: number; readonly typed: string }
} {
  const frames: OpenFrame[] = []
  let words: Token[] = []
  for (const [number, line] of lines.entries()) {
    if (number > 0 && number === lines.length - 1) words = []
    for (const token of tokensOf(line)) {
      const isSign = /^[{}[\],:]$/.test(token.text)
      if (!isSign) words.push(token)
      else if (token.text !== ':' || frames.length > 0) {
        takeSign(frames, token, words)
        words = []
      }
    }
  }
  const last = lines.at(-1) ?? ''
  const from = words[0]?.column ?? last.length
  return { frames, word: { from, typed: last.slice(from) } }
}

function takeSign(frames: OpenFrame[], { text, column }: Token, words: readonly Token[]): void {
  const inner = frames.at(-1)
  if (text === '{' || text === '[') {
    frames.push({ kind: text === '{' ? 'map' : 'list', column, key: null, keys: [] })
  } else if (text === '}' || text === ']') {
    frames.pop()
  } else if (inner?.kind === 'map' && text === ':') {
    const key = unquoted(words.map((word) => word.text).join(' '))
    inner.key = key
    inner.keys.push(key)
  } else if (inner !== undefined && text === ',') {
    inner.key = null
  }
}

function unquoted(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text.trim()
}
