/** Two texts below one another: what goes, and what comes. */
import { yaml } from '@codemirror/lang-yaml'
import { goToNextChunk, goToPreviousChunk, unifiedMergeView } from '@codemirror/merge'
import { defaultKeymap } from '@codemirror/commands'
import { search, searchKeymap } from '@codemirror/search'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { textOf } from './document-text.ts'
import { EDITOR_THEME } from './editor-theme.ts'
import { EDITOR_WORDS } from './editor-words.ts'
import { shadowFrame } from './shadow-frame.ts'

export interface DiffViewParts {
  readonly host: HTMLElement
  readonly label: string
  readonly before: string
  readonly after: string
  /** Also the lines that are the same. */
  readonly hasAllLines: boolean
}

/** Bounds the comparison of long texts; beyond it the changes are shown coarser. */
const DIFF_LIMITS = { scanLimit: 2000, timeout: 400 }

/** Returns its end. */
export function showDiff({ host, label, before, after, hasAllLines }: DiffViewParts): () => void {
  const frame = shadowFrame(host)
  const view = new EditorView({
    parent: frame.root,
    root: frame.root,
    doc: textOf(after),
    extensions: [
      EDITOR_THEME,
      EDITOR_WORDS,
      EditorState.readOnly.of(true),
      EditorView.contentAttributes.of({
        'aria-label': label,
        'aria-readonly': 'true',
        tabindex: '0'
      }),
      lineNumbers(),
      yaml(),
      search({ top: true }),
      keymap.of([
        { key: 'F8', run: goToNextChunk, shift: goToPreviousChunk },
        ...searchKeymap,
        ...defaultKeymap
      ]),
      unifiedMergeView({
        original: textOf(before),
        mergeControls: false,
        syntaxHighlightDeletions: false,
        diffConfig: DIFF_LIMITS,
        ...(hasAllLines ? {} : { collapseUnchanged: { margin: 3, minSize: 4 } })
      })
    ]
  })
  return () => {
    view.destroy()
    frame.remove()
  }
}
