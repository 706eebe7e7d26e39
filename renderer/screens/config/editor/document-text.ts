/** An editor's document as the pure functions of this folder read it. */
import { Text } from '@codemirror/state'
import type { MarkedText } from './problem-marks.ts'

export function markedText(doc: Text): MarkedText {
  return {
    lineCount: doc.lines,
    line: (number) => doc.line(number).text,
    offset: (number) => doc.line(number).from
  }
}

export function textOf(text: string): Text {
  return Text.of(text.split(/\r\n|\r|\n/))
}

/** The line break that a text is written with; a text of one line gets the usual one. */
export function lineBreakOf(text: string): '\n' | '\r\n' {
  return text.includes('\r\n') ? '\r\n' : '\n'
}
