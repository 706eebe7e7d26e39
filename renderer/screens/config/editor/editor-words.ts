/** Texts of the editor itself, in the console's wording. */
import { EditorState } from '@codemirror/state'

export const EDITOR_WORDS = EditorState.phrases.of({
  next: 'Next',
  previous: 'Previous',
  all: 'Select all',
  'match case': 'Match case',
  regexp: 'Regular expression',
  'by word': 'Whole words',
  replace: 'Replace',
  'replace all': 'Replace all',
  close: 'Close the search',
  Find: 'Find in the text',
  Replace: 'Replace with',
  'Go to line': 'Go to line',
  go: 'Go',
  Completions: 'Options',
  '$ unchanged lines': '$ unchanged lines'
})
