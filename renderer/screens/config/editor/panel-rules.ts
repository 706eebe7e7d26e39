/** Rules of what the editor opens beside the text: search, hints, lists of words, marks. */

const OVERLAY = {
  border: 'var(--border-control)',
  borderRadius: 'var(--radius)',
  backgroundColor: 'var(--bg-1)',
  boxShadow: 'var(--shadow-overlay)',
  color: 'var(--fg-1)',
  font: 'var(--text-table)'
}

const FIELD = {
  minHeight: 'var(--target)',
  border: 'var(--border-control)',
  borderRadius: 'var(--radius)',
  background: 'var(--bg-1)',
  color: 'var(--fg-1)',
  font: 'var(--text-table)'
}

const MARK = { content: 'normal', textAlign: 'center' }

const underlined = (colour: string): Record<string, string> => ({
  backgroundImage: 'none',
  textDecoration: `underline wavy var(${colour})`,
  textDecorationSkipInk: 'none',
  textUnderlineOffset: 'var(--space-1)'
})

export const PANEL_RULES = {
  '.cm-panels': { border: '0', backgroundColor: 'var(--bg-2)', color: 'var(--fg-1)' },
  '.cm-panels-top': { borderBlockEnd: 'var(--border)' },
  '.cm-panel.cm-search': {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: 'var(--space-1)',
    padding: 'var(--space-2)',
    paddingInlineEnd: 'var(--space-8)',
    font: 'var(--text-table)'
  },
  '.cm-panel.cm-search br': { flexBasis: '100%' },
  '.cm-panel.cm-search label': {
    display: 'inline-flex',
    alignItems: 'center',
    gap: 'var(--space-1)',
    minHeight: 'var(--target)',
    font: 'var(--text-table)'
  },
  '.cm-panel.cm-search input, .cm-panel.cm-search button, .cm-panel.cm-search label': {
    margin: '0'
  },
  '.cm-textfield': { ...FIELD, paddingInline: 'var(--space-2)' },
  '.cm-button': { ...FIELD, backgroundImage: 'none', paddingInline: 'var(--space-2)' },
  '.cm-button:hover': { backgroundColor: 'var(--bg-3)' },
  '.cm-textfield:focus-visible, .cm-button:focus-visible, input:focus-visible': {
    outline: 'var(--focus-ring)'
  },
  '.cm-panel.cm-search [name=close]': {
    insetBlockStart: 'var(--space-2)',
    insetInlineEnd: 'var(--space-2)',
    width: 'var(--target)',
    height: 'var(--target)',
    color: 'var(--fg-2)',
    font: 'var(--text-section)'
  },
  '.cm-tooltip': OVERLAY,
  '.cm-tooltip.cm-completionInfo': {
    maxWidth: 'var(--width-inspector)',
    padding: 'var(--space-2) var(--space-3)',
    color: 'var(--fg-2)'
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    maxHeight: 'calc(10 * var(--row))',
    fontFamily: 'var(--font-data)'
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    display: 'flex',
    alignItems: 'center',
    minHeight: 'var(--target)',
    padding: '0 var(--space-2)'
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--bg-3)',
    color: 'var(--fg-1)',
    boxShadow: 'inset var(--stroke) 0 var(--accent)'
  },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: 'var(--weight-strong)' },
  '.cm-completionDetail': {
    marginInlineStart: 'var(--space-4)',
    overflow: 'hidden',
    color: 'var(--fg-3)',
    font: 'var(--text-meta)',
    fontStyle: 'normal',
    textOverflow: 'ellipsis'
  },
  '.cm-option-doc': {
    display: 'grid',
    gap: 'var(--space-1)',
    maxWidth: 'var(--width-inspector)',
    padding: 'var(--space-2) var(--space-3)'
  },
  '.cm-option-doc code': { font: 'var(--text-data)', overflowWrap: 'anywhere' },
  '.cm-option-doc small': { color: 'var(--fg-3)', font: 'var(--text-meta)' },
  '.cm-option-doc p': { margin: '0', color: 'var(--fg-2)' },
  '.cm-diagnostic': {
    maxWidth: 'var(--width-sheet)',
    padding: 'var(--space-2) var(--space-3)',
    borderInlineStart: 'var(--stroke) solid var(--warn)'
  },
  '.cm-diagnostic-error': { borderInlineStartColor: 'var(--down)' },
  '.cm-diagnosticText': { display: 'block', whiteSpace: 'pre-line' },
  '.cm-diagnosticAction': {
    ...FIELD,
    margin: 'var(--space-2) 0 0',
    paddingInline: 'var(--space-2)',
    cursor: 'pointer'
  },
  '.cm-lintRange-error': underlined('--down'),
  '.cm-lintRange-warning': underlined('--warn'),
  '.cm-lintRange-active': { backgroundColor: 'var(--bg-3)' },
  '.cm-lintPoint::after': { borderBlockEndColor: 'var(--warn)' },
  '.cm-lintPoint-error::after': { borderBlockEndColor: 'var(--down)' },
  '.cm-gutter-lint': { width: 'var(--icon)' },
  '.cm-gutter-lint .cm-gutterElement': { padding: '0' },
  '.cm-lint-marker': { width: 'auto', height: 'auto' },
  '.cm-lint-marker-error': { ...MARK, color: 'var(--down)' },
  '.cm-lint-marker-error::before': { content: '"✕"' },
  '.cm-lint-marker-warning': { ...MARK, color: 'var(--warn)' },
  '.cm-lint-marker-warning::before': { content: '"▲"' }
}
