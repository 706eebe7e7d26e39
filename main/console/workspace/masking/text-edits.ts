/** Replacements in a text, and where each position of one text lies in the other. */

export interface TextEdit {
  /** Offsets in the original, the end excluded. */
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Line and column from 1, the column in UTF-16 code units. */
export interface TextPlace {
  readonly line: number
  readonly column: number
}

export class EditedText {
  readonly original: string
  readonly text: string
  /** In the order of the text. */
  readonly edits: readonly TextEdit[]

  /** Of overlapping edits the first one counts. */
  constructor(original: string, edits: readonly TextEdit[]) {
    this.original = original
    this.edits = disjoint(edits)
    this.text = applied(original, this.edits)
  }

  /** Where a place of the original is now; inside a replacement, its start. */
  forward(place: TextPlace): TextPlace {
    let shift = 0
    const offset = offsetOf(this.original, place)
    for (const edit of this.edits) {
      if (offset < edit.start) break
      if (offset < edit.end) return placeOf(this.text, edit.start + shift)
      shift += edit.text.length - (edit.end - edit.start)
    }
    return placeOf(this.text, offset + shift)
  }

  /** Where a place of the new text was in the original. */
  back(place: TextPlace): TextPlace {
    let shift = 0
    const offset = offsetOf(this.text, place)
    for (const edit of this.edits) {
      const start = edit.start + shift
      if (offset < start) break
      if (offset < start + edit.text.length) return placeOf(this.original, edit.start)
      shift += edit.text.length - (edit.end - edit.start)
    }
    return placeOf(this.original, offset - shift)
  }
}

export function placeOf(text: string, offset: number): TextPlace {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}

/** Beyond the end of the text it is the end. */
export function offsetOf(text: string, { line, column }: TextPlace): number {
  let start = 0
  for (let passed = 1; passed < line; passed++) {
    const end = text.indexOf('\n', start)
    if (end === -1) return text.length
    start = end + 1
  }
  return Math.min(text.length, start + Math.max(0, column - 1))
}

function disjoint(edits: readonly TextEdit[]): readonly TextEdit[] {
  const sorted = edits.toSorted((a, b) => a.start - b.start || a.end - b.end)
  const kept: TextEdit[] = []
  for (const edit of sorted) {
    if (edit.start >= (kept.at(-1)?.end ?? 0)) kept.push(edit)
  }
  return kept
}

function applied(original: string, edits: readonly TextEdit[]): string {
  let text = ''
  let position = 0
  for (const edit of edits) {
    text += original.slice(position, edit.start) + edit.text
    position = edit.end
  }
  return text + original.slice(position)
}
