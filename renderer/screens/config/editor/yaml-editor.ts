/** The editor of the configuration. Loaded when it is first shown: it is larger than the console. */
import { closeCompletion, completionKeymap, completionStatus } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, foldGutter, foldKeymap, indentUnit } from '@codemirror/language'
import { lintGutter, nextDiagnostic, previousDiagnostic, setDiagnostics } from '@codemirror/lint'
import {
  highlightSelectionMatches,
  openSearchPanel,
  search,
  searchKeymap
} from '@codemirror/search'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  type ViewUpdate
} from '@codemirror/view'
import type { ConfigProblemLine } from '../../../../preload/contract/workspace-state.ts'
import { lineBreakOf, markedText, textOf } from './document-text.ts'
import { EDITOR_THEME } from './editor-theme.ts'
import { EDITOR_WORDS } from './editor-words.ts'
import type { OptionAt } from './option-at.ts'
import { problemMarks, type ProblemMark } from './problem-marks.ts'
import { optionAtOffset, schemaHints, type BookSource } from './schema-hints.ts'
import { shadowFrame } from './shadow-frame.ts'

export interface YamlEditorParts {
  readonly host: HTMLElement
  readonly label: string
  readonly book: BookSource
  /** A person changed the text; `read` gives the whole of it. */
  onedit(read: () => string): void
  onblur(): void
  /** The cursor is at another place; null where nothing is known of it. */
  oncursor(option: OptionAt | null): void
}

const REPLACED = 'set'

export class YamlEditor {
  readonly #parts: YamlEditorParts
  readonly #frame: ReturnType<typeof shadowFrame>
  readonly #view: EditorView
  readonly #lineBreak = new Compartment()
  readonly #writing = new Compartment()

  constructor(parts: YamlEditorParts) {
    this.#parts = parts
    this.#frame = shadowFrame(parts.host)
    const state = EditorState.create({ extensions: this.#extensions() })
    this.#view = new EditorView({ state, parent: this.#frame.root, root: this.#frame.root })
  }

  get text(): string {
    return this.#view.state.sliceDoc()
  }

  /** Another text; the way back to the former one stays in the history of edits. */
  setText(text: string): void {
    const { state } = this.#view
    if (text === this.text) return
    const insert = textOf(text)
    const anchor = Math.min(state.selection.main.anchor, insert.length)
    this.#view.dispatch({
      changes: { from: 0, to: state.doc.length, insert },
      selection: { anchor },
      userEvent: REPLACED
    })
    const separator = EditorState.lineSeparator.of(lineBreakOf(text))
    this.#view.dispatch({ effects: this.#lineBreak.reconfigure(separator) })
  }

  setProblems(problems: readonly ConfigProblemLine[]): void {
    const { state } = this.#view
    const marks = problemMarks(markedText(state.doc), problems)
    this.#view.dispatch(setDiagnostics(state, marks.map(diagnosticOf)))
  }

  setReadOnly(isReadOnly: boolean): void {
    const state = EditorState.readOnly.of(isReadOnly)
    this.#view.dispatch({ effects: this.#writing.reconfigure(state) })
  }

  /** Both from 1. */
  goTo(line: number, column: number): void {
    const { doc } = this.#view.state
    const at = doc.line(Math.max(1, Math.min(doc.lines, line)))
    const anchor = Math.min(at.to, at.from + Math.max(0, column - 1))
    const effects = EditorView.scrollIntoView(anchor, { y: 'center' })
    this.#view.dispatch({ selection: { anchor }, effects })
    this.#view.focus()
  }

  /** Writes what the suggestion of a problem names. */
  fix(problem: ConfigProblemLine): void {
    const [mark] = problemMarks(markedText(this.#view.state.doc), [problem])
    if (mark !== undefined) applyFix(this.#view, mark)
  }

  openSearch(): void {
    openSearchPanel(this.#view)
  }

  destroy(): void {
    this.#view.destroy()
    this.#frame.remove()
  }

  #extensions(): Extension {
    const { book, label } = this.#parts
    return [
      this.#lineBreak.of(EditorState.lineSeparator.of('\n')),
      this.#writing.of(EditorState.readOnly.of(false)),
      EDITOR_THEME,
      EDITOR_WORDS,
      lineNumbers(),
      foldGutter({ openText: '▾', closedText: '▸' }),
      lintGutter(),
      history(),
      drawSelection(),
      indentUnit.of('  '),
      yaml(),
      bracketMatching(),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      highlightSelectionMatches(),
      search({ top: true }),
      schemaHints(book),
      KEYS,
      EditorView.contentAttributes.of({
        'aria-label': label,
        'aria-multiline': 'true',
        tabindex: '0'
      }),
      EditorView.updateListener.of((update) => this.#onUpdate(update)),
      EditorView.domEventHandlers({ blur: () => void this.#parts.onblur() })
    ]
  }

  #onUpdate({ state, docChanged, selectionSet, transactions }: ViewUpdate): void {
    const isReplaced = transactions.some((one) => one.isUserEvent(REPLACED))
    if (docChanged && !isReplaced) this.#parts.onedit(() => this.text)
    if (!docChanged && !selectionSet) return
    const { head } = state.selection.main
    this.#parts.oncursor(optionAtOffset(state.doc, head, this.#parts.book()))
  }
}

/** Tab is left to the page: it leads out of the editor (WCAG 2.1.2). */
const KEYS = keymap.of([
  { key: 'F8', run: nextDiagnostic, shift: previousDiagnostic },
  { key: 'Escape', run: (view) => completionStatus(view.state) !== null && closeCompletion(view) },
  ...completionKeymap,
  ...searchKeymap,
  ...historyKeymap,
  ...foldKeymap,
  ...defaultKeymap.filter(({ key }) => key !== 'Mod-Enter')
])

function diagnosticOf(mark: ProblemMark): Parameters<typeof setDiagnostics>[1][number] {
  const { from, to, severity, message, suggestion, fix } = mark
  const text = suggestion === null ? message : `${message}\n${suggestion}`
  if (fix === null) return { from, to, severity, message: text }
  const name = `Change to ${fix}`
  const apply = (view: EditorView, at: number, end: number): void =>
    applyFix(view, { ...mark, from: at, to: end })
  return { from, to, severity, message: text, actions: [{ name, apply }] }
}

function applyFix(view: EditorView, { from, to, fix }: ProblemMark): void {
  if (fix === null || view.state.readOnly) return
  const old = view.state.sliceDoc(from, to)
  const quote = /^["']/.exec(old)?.[0] ?? ''
  const insert = `${quote}${fix}${quote}`
  const selection = { anchor: from + insert.length }
  view.dispatch({ changes: { from, to, insert }, selection, userEvent: 'input.fix' })
  view.focus()
}
