/** The configuration that comes out, with the lines of Vector's file behind what they became. */
import { printable } from '../../../proxy-core/config/format-problems.ts'
import { DraftMap, draftText } from '../draft-map.ts'
import { sizeText } from './amounts.ts'
import { MOST_STORED } from './sink-buffer.ts'
import type { Flows } from './vector-flows.ts'
import { lineComment } from './translation.ts'

const ADMIN_PORT = 9000

export function vectorYaml(file: string, { listeners, units }: Flows): string {
  const draft = new DraftMap()
  draft.set('version', 1)
  draftAdmin(draft, listeners)
  draft.set(
    'listeners',
    listeners.map((one) => one.draft)
  )
  draft.set(
    'routes',
    units.flatMap(({ routes }) => routes)
  )
  draft.set(
    'pools',
    units.map(({ pool }) => pool)
  )
  draftStore(draft, units)
  return draftText(draft, [
    `Translated from ${printable(file)} by switchyard import; "line 3" is a line of that file.`,
    'What is written here is checked by switchyard check; every option is in',
    'docs/reference/configuration.md.'
  ])
}

/** The usual port of the admin API may be one that Vector listened on. */
function draftAdmin(draft: DraftMap, listeners: Flows['listeners']): void {
  const ports = new Set(
    listeners.map(({ draft: listener }) =>
      Number(
        String(listener.get('address') ?? '')
          .split(':')
          .at(-1)
      )
    )
  )
  if (!ports.has(ADMIN_PORT)) return
  let port = ADMIN_PORT
  while (ports.has(port)) port++
  draft
    .child('admin')
    .set('address', `127.0.0.1:${port}`, `${ADMIN_PORT}, the usual port, is a listener`)
}

/** One folder for all routes that store: it has the room of all of them together. */
function draftStore(draft: DraftMap, units: Flows['units']): void {
  const stores = units.flatMap(({ store }) => store ?? [])
  if (stores.length === 0) return
  const buffer = draft.child('buffer')
  buffer.set('directory', './buffer', 'beside this file')
  const sizes = stores.flatMap(({ size }) => size ?? [])
  if (sizes.length > 0) {
    const bytes = Math.min(
      sizes.reduce((sum, size) => sum + size.bytes, 0),
      MOST_STORED
    )
    buffer.set('max_size', sizeText(bytes), lineComment(...sizes.map(({ entry }) => entry)))
  }
  const rules = stores.flatMap(({ whenFull }) => whenFull ?? [])
  const [rule] = rules.toSorted((a, b) => b.word.localeCompare(a.word))
  if (rule !== undefined) buffer.set('when_full', rule.word, lineComment(rule.entry))
}
