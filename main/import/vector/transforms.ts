/** What is said of transforms: those that routes and partitions stand for, and all others. */
import { leavesOf, type TomlEntry } from '../toml/toml-document.ts'
import { find, type Component } from './component.ts'
import type { KeyNotes } from './key-note.ts'
import { TRANSFORM_NOTES, UNKNOWN_TRANSFORM } from './transform-notes.ts'
import type { Translation } from './translation.ts'
import type { Supply } from './wiring.ts'

/** Their conditions become routes, and their types are known by the sinks that take from them. */
const ROUTING: readonly string[] = ['route', 'exclusive_route', 'filter', 'partition']

const ROUTING_NOTES: KeyNotes = {
  reroute_unmatched: {
    why: 'A request that no route takes is answered with 404.',
    instead: 'A route without conditions takes all the others.'
  }
}

const UNUSED_CONDITION = { why: 'No sink that was translated takes what it lets through.' } as const

export function translateTransforms(
  transforms: readonly Component[],
  supplies: readonly Supply[],
  translation: Translation
): void {
  const used = new Set(supplies.flatMap(({ steps }) => steps.map(({ transform }) => transform)))
  for (const transform of transforms) {
    const { type } = transform
    if (!used.has(transform)) {
      const isKnown = Object.hasOwn(TRANSFORM_NOTES, type) || ROUTING.includes(type)
      const why = 'No sink that was translated takes from it.'
      translation.leaveAll(transform, isKnown ? { why } : UNKNOWN_TRANSFORM)
    } else if (ROUTING.includes(type)) translateRouting(transform, translation)
    else translatePassed(transform, translation)
  }
}

function translateRouting(transform: Component, translation: Translation): void {
  const { ledger } = translation
  for (const entry of wiringOf(transform))
    if (!ledger.has(entry)) ledger.translated(entry, 'routes[]')
  // A condition may be a table, which is booked as a whole.
  for (const leaf of leavesOf(transform.table)) {
    const whole = wholeOf(transform, leaf)
    if (!ledger.has(leaf) && whole !== undefined && ledger.has(whole)) {
      ledger.translated(leaf, 'routes[]')
    }
  }
  translation.leaveRest(transform, ROUTING_NOTES, UNUSED_CONDITION)
}

/** Of `route.p0.source` the condition `route.p0`. */
function wholeOf({ table }: Component, leaf: TomlEntry): TomlEntry | undefined {
  const names = leaf.path.slice(2, -1).filter((step) => typeof step === 'string')
  return names.length === 0 ? undefined : find(table, ...names)
}

/** It does something to events, and requests take their way past it. */
function translatePassed(transform: Component, translation: Translation): void {
  const { ledger } = translation
  const [type, ...others] = wiringOf(transform)
  const program = find(transform.table, 'source')
  const isDivision = program !== undefined && ledger.has(program)
  const note = TRANSFORM_NOTES[transform.type] ?? UNKNOWN_TRANSFORM
  if (isDivision)
    ledger.translated(type!, 'pools[].partition', {
      why: 'Whatever else it does to events is left.'
    })
  else ledger.left(type!, note)
  for (const entry of others) ledger.translated(entry, 'routes[]')
  for (const leaf of leavesOf(transform.table)) {
    if (!ledger.has(leaf)) ledger.leftWith(leaf, type!)
  }
}

function wiringOf({ table }: Component): readonly TomlEntry[] {
  return ['type', 'inputs'].flatMap((key) => find(table, key) ?? [])
}
