/** Completion and hover of the editor, from the schema of the configuration. */
import {
  autocompletion,
  startCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult
} from '@codemirror/autocomplete'
import type { Extension, Text } from '@codemirror/state'
import { hoverTooltip, type EditorView } from '@codemirror/view'
import { MASKED } from '../../../../proxy-core/model/traffic-sample.ts'
import { markedText } from './document-text.ts'
import { optionAt, type OptionAt } from './option-at.ts'
import type { SchemaBook } from './schema-book.ts'
import { offersAt, type Offer } from './schema-completion.ts'
import { yamlPlaceAt } from './yaml-place.ts'

/** null while the schema is not there. */
export type BookSource = () => SchemaBook | null

export function schemaHints(book: BookSource): Extension {
  return [
    autocompletion({
      override: [(context) => completions(context, book())],
      icons: false,
      addToOptions: []
    }),
    hoverTooltip((view, position) => {
      const option = hoveredOption(view, position, book())
      if (option === null) return null
      return { pos: position, above: true, create: () => ({ dom: optionDom(option) }) }
    })
  ]
}

/** The option at an offset. */
export function optionAtOffset(
  doc: Text,
  offset: number,
  book: SchemaBook | null
): OptionAt | null {
  if (book === null) return null
  const line = doc.lineAt(offset)
  return optionAt(book, markedText(doc), line.number, offset - line.from)
}

function completions(
  { state, pos, explicit }: CompletionContext,
  book: SchemaBook | null
): CompletionResult | null {
  if (book === null) return null
  const line = state.doc.lineAt(pos)
  const place = yamlPlaceAt(markedText(state.doc), line.number, pos - line.from)
  if (place === null || (!explicit && place.typed === '')) return null
  const options = offersAt(book, place).map(completionOf)
  return options.length === 0
    ? null
    : { from: line.from + place.from, options, validFor: /^[\w-]*$/ }
}

function completionOf(offer: Offer): Completion {
  return {
    label: offer.label,
    detail: offer.detail,
    ...(offer.info === '' ? {} : { info: offer.info }),
    boost: offer.isRequired ? 1 : 0,
    apply(view, _completion, from, to) {
      const insert = view.state.toText(offer.insert)
      const anchor = from + insert.length
      view.dispatch({
        changes: { from, to, insert },
        selection: { anchor },
        userEvent: 'input.complete'
      })
      if (offer.hasValues) startCompletion(view)
    }
  }
}

function hoveredOption(
  view: EditorView,
  position: number,
  book: SchemaBook | null
): OptionAt | null {
  const { text, from } = view.state.doc.lineAt(position)
  const at = text.indexOf(MASKED)
  if (at >= 0 && position >= from + at && position <= from + at + MASKED.length)
    return MASKED_SECRET
  return optionAtOffset(view.state.doc, position, book)
}

const MASKED_SECRET: OptionAt = {
  name: MASKED,
  form: 'secret',
  description:
    'Stands for a secret that the console does not show. Leave it as it is and the secret is kept; type over it to change it.'
}

function optionDom({ name, form, description }: OptionAt): HTMLElement {
  const dom = document.createElement('div')
  dom.className = 'cm-option-doc'
  const append = (tag: string, text: string): void => {
    const part = document.createElement(tag)
    part.textContent = text
    dom.append(part)
  }
  append('code', name)
  if (form !== '') append('small', form)
  append('p', description)
  return dom
}
