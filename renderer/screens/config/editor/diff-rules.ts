/**
 * Rules of a comparison. A person makes these changes, so what comes has the hue of people's
 * intent, and what goes is struck out; plus and minus say the same without any colour.
 */
export const DIFF_RULES = {
  '&.cm-merge-b .cm-changedLine, .cm-inlineChangedLine': {
    backgroundColor: 'color-mix(in srgb, var(--admin) 14%, transparent)'
  },
  '&.cm-merge-b .cm-changedText': {
    background: 'none',
    borderBlockEnd: 'var(--stroke) solid var(--admin)'
  },
  '.cm-deletedChunk': {
    backgroundColor: 'color-mix(in srgb, var(--fg-3) 14%, transparent)',
    color: 'var(--fg-2)',
    paddingInlineStart: 'var(--space-2)'
  },
  '.cm-deletedChunk .cm-deletedText, &.cm-merge-b .cm-deletedText': {
    background: 'none',
    textDecoration: 'line-through'
  },
  '.cm-deletedLine, .cm-deletedLine del': { textDecoration: 'line-through' },
  '.cm-changeGutter': { width: 'var(--icon)', paddingInlineStart: '0' },
  '.cm-changeGutter .cm-gutterElement': { textAlign: 'center' },
  '&.cm-merge-b .cm-changedLineGutter': { background: 'none', color: 'var(--admin)' },
  '.cm-changedLineGutter::before': { content: '"+"' },
  '.cm-deletedLineGutter': { background: 'none', color: 'var(--fg-2)' },
  '.cm-deletedLineGutter::before': { content: '"−"' },
  '.cm-collapsedLines': {
    minHeight: 'var(--target)',
    paddingInline: 'var(--space-3)',
    background: 'var(--bg-2)',
    color: 'var(--fg-2)',
    font: 'var(--text-meta)',
    lineHeight: 'var(--target)'
  },
  '.cm-collapsedLines::before, .cm-collapsedLines::after': { content: 'none' }
}
