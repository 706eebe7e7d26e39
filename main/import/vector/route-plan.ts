/** Which requests reach a sink: what the transforms on the way and the sink itself ask of an event. */
import { pathPrefix } from '../../../proxy-core/model/schema/addresses.ts'
import { fields } from '../../../proxy-core/model/schema/words.ts'
import type { TomlEntry, TomlValue } from '../toml/toml-document.ts'
import { find, textOf, type Component } from './component.ts'
import { readCondition, type Term } from './condition.ts'
import type { KeyNote } from './key-note.ts'
import { divisionOf, type Division } from './partition.ts'
import { requestPartOf } from './request-part.ts'
import type { SourceListener } from './source-listener.ts'
import { TRANSFORM_NOTES, UNKNOWN_TRANSFORM } from './transform-notes.ts'
import type { Step, Supply } from './wiring.ts'

export interface RoutePlan {
  readonly listener: SourceListener
  /** Field names and the values that requests must have. */
  readonly headers: Readonly<Record<string, string>>
  /** What a condition on the path asks for; null: nothing. */
  readonly path: string | null
  /** Conditions that are wholly said by `headers` and `path`. */
  readonly conditions: readonly TomlEntry[]
  /** Requests of one partition only; null: all that fit. */
  readonly share: Share | null
}

export interface Share {
  readonly division: Division
  readonly number: number
  readonly condition: TomlEntry
}

export type PlanReading =
  { readonly ok: true; readonly plan: RoutePlan } | { readonly ok: false; readonly note: KeyNote }

interface Demand {
  readonly entry: TomlEntry
  readonly terms: readonly Term[]
}

/** What a step asks for: some terms, nothing, or something that cannot be said. */
type StepReading = Demand | 'nothing' | KeyNote

export function planOf(sink: Component, supply: Supply, listener: SourceListener): PlanReading {
  const demands: Demand[] = []
  for (const step of supply.steps) {
    const reading = readStep(step)
    if (reading === 'nothing') continue
    if (!('terms' in reading)) return { ok: false, note: reading }
    demands.push(reading)
  }
  const own = find(sink.table, 'condition')
  if (own !== undefined) {
    const terms = readCondition(own.value)
    if (terms === null) return { ok: false, note: unreadable(own) }
    demands.push({ entry: own, terms })
  }
  return new PlanDraft(supply, listener).read(demands)
}

class PlanDraft {
  readonly #supply: Supply
  readonly #listener: SourceListener
  readonly #headers = new Map<string, string>()
  readonly #conditions = new Set<TomlEntry>()
  #path: string | null = null
  #share: Share | null = null

  constructor(supply: Supply, listener: SourceListener) {
    this.#supply = supply
    this.#listener = listener
  }

  read(demands: readonly Demand[]): PlanReading {
    for (const { entry, terms } of demands) {
      for (const term of terms) {
        if (!this.#take(term, entry)) return { ok: false, note: unsayable(entry) }
      }
    }
    const headers = Object.fromEntries(this.#headers)
    const conditions = [...this.#conditions]
    const rest = { path: this.#path, share: this.#share, listener: this.#listener }
    return { ok: true, plan: { headers, conditions, ...rest } }
  }

  /** False for what a route cannot ask for. */
  #take(term: Term, entry: TomlEntry): boolean {
    if (term.kind === 'number') {
      const division = divisionOf(term.field, this.#supply)
      if (division === null || this.#share !== null) return false
      this.#share = { division, number: term.number, condition: entry }
      return true
    }
    const part = requestPartOf(term.field, this.#supply.source)
    this.#conditions.add(entry)
    if (part?.kind === 'header' && term.kind === 'text') {
      const isOther = (this.#headers.get(part.name) ?? term.text) !== term.text
      this.#headers.set(part.name, term.text)
      return !isOther && fields().safeParse({ [part.name]: term.text }).success
    }
    if (part?.kind !== 'path' || this.#path !== null) return false
    const prefix = pathPrefix().safeParse(term.text)
    this.#path = prefix.success ? prefix.data : null
    return prefix.success
  }
}

function readStep({ transform, output }: Step): StepReading {
  const { type, table, entry } = transform
  if (type === 'partition') return outputNumber(output, entry)
  if (type === 'route') return readOutput(output, find(table, 'route', output ?? ''), entry)
  if (type === 'exclusive_route') return readOutput(output, exclusiveOutput(table, output), entry)
  if (type === 'filter') return readOutput(output, find(table, 'condition'), entry)
  if (Object.hasOwn(TRANSFORM_NOTES, type)) return 'nothing'
  return {
    ...UNKNOWN_TRANSFORM,
    why: `Its events come through transforms.${transform.id}, and what that does is not known.`
  }
}

/** `partition.0`, where a file of the kind of seed 000 names an output. */
function outputNumber(output: string | null, entry: TomlEntry): StepReading {
  if (output === null) return 'nothing'
  if (!/^\d{1,5}$/.test(output)) return unreadable(entry)
  return { entry, terms: [{ kind: 'number', field: ['partition'], number: Number(output) }] }
}

function readOutput(
  output: string | null,
  condition: TomlEntry | undefined,
  transform: TomlEntry
): StepReading {
  if (output === '_unmatched') return 'nothing'
  if (condition === undefined) return unreadable(transform)
  const terms = readCondition(condition.value)
  return terms === null ? unreadable(condition) : { entry: condition, terms }
}

function exclusiveOutput(table: Component['table'], output: string | null): TomlEntry | undefined {
  const routes = find(table, 'routes')?.value
  const items: readonly TomlValue[] = routes?.kind === 'list' ? routes.items : []
  for (const item of items) {
    if (item.kind !== 'table' || textOf(item.table.get('name')) !== output) continue
    return item.table.get('condition')
  }
  return undefined
}

function unreadable({ place }: TomlEntry): KeyNote {
  return {
    why: `Which requests it is meant for cannot be read from line ${place.line}.`,
    instead: 'Write a route that tells them apart by host, path_prefix, methods or headers.'
  }
}

function unsayable({ place }: TomlEntry): KeyNote {
  return {
    why: `The condition in line ${place.line} is about a field that no request is known to have.`,
    instead:
      'Fields of requests are those that `headers` of the source lists. Write a route that tells the requests apart by host, path_prefix, methods or headers.'
  }
}
