/** The editor in the console's tokens. They come through the frame, so both themes hold at once. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { DIFF_RULES } from './diff-rules.ts'
import { PANEL_RULES } from './panel-rules.ts'

const TEXT_RULES = {
  '&': {
    position: 'relative',
    height: '100%',
    backgroundColor: 'var(--bg-1)',
    color: 'var(--fg-1)'
  },
  '&.cm-focused': { outline: 'none' },
  // Above the gutters, which would hide an outline.
  '&.cm-focused::after': {
    content: '""',
    position: 'absolute',
    inset: '0',
    zIndex: 'var(--layer-overlay)',
    border: 'var(--focus-ring)',
    pointerEvents: 'none'
  },
  '.cm-scroller': { font: 'var(--text-data)', lineHeight: 'var(--leading-body)' },
  '.cm-content': { caretColor: 'var(--fg-1)', paddingBlock: 'var(--space-2)' },
  '.cm-line': { paddingInline: 'var(--space-2)' },
  '.cm-cursor, .cm-dropCursor': { borderInlineStartColor: 'var(--fg-1)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground':
    { background: 'color-mix(in srgb, var(--accent) 30%, transparent)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--fg-3) 9%, transparent)' },
  '.cm-gutters': {
    zIndex: 'var(--layer-sticky)',
    border: '0',
    backgroundColor: 'var(--bg-1)',
    color: 'var(--fg-3)'
  },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--fg-1)' },
  '.cm-foldPlaceholder': {
    border: 'var(--border)',
    backgroundColor: 'var(--bg-2)',
    color: 'var(--fg-2)'
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--bg-3)',
    outline: 'var(--border)'
  },
  '.cm-searchMatch': { backgroundColor: 'var(--bg-3)', outline: 'var(--border-control)' },
  '.cm-searchMatch-selected': { outline: 'var(--focus-ring)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--bg-3)' }
}

/** Hue is for what the world and people do: the text is told apart by weight and grey. */
const GREYS = HighlightStyle.define([
  {
    tag: [tags.definition(tags.propertyName), tags.propertyName],
    color: 'var(--fg-1)',
    fontWeight: 'var(--weight-medium)'
  },
  { tag: [tags.content, tags.string, tags.attributeValue], color: 'var(--fg-2)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--fg-3)', fontStyle: 'italic' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--fg-3)' }
])

export const EDITOR_THEME: Extension = [
  EditorView.theme({ ...TEXT_RULES, ...PANEL_RULES, ...DIFF_RULES }),
  syntaxHighlighting(GREYS)
]
