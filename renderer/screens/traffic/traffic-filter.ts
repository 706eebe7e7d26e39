/**
 * The filter language of the traffic view: `status:5xx,429 -path:/health ms:>500 "blue shirt"`.
 * Terms are joined by "and", values of one term by "or"; a leading `-` turns a term round. A term
 * that cannot be understood is told in words and does not hide anything.
 */
import { nearestName } from '../../../proxy-core/model/schema/nearest-name.ts'
import type { TrafficSample } from '../../../proxy-core/model/traffic-sample.ts'
import { anywhere, FILTER_FIELDS, type SampleTest } from './filter-fields.ts'

export interface FilterTerm {
  /** As it was typed, for its chip. */
  readonly text: string
  /** Where it stands in the filter. */
  readonly from: number
  readonly to: number
  /** null where the term cannot be understood. */
  readonly test: SampleTest | null
  /** A sentence; null where the term is understood. */
  readonly problem: string | null
}

export interface TrafficFilter {
  readonly source: string
  readonly terms: readonly FilterTerm[]
}

/** A dash, a field with its colon, and a value of which parts may be quoted. */
const TERM = /-?(?:[A-Za-z]+:)?(?:"[^"]*"?|[^\s"])*/y
const PARTS = /^(-?)(?:([A-Za-z]+):)?(.*)$/s

export function parseTrafficFilter(source: string): TrafficFilter {
  const terms: FilterTerm[] = []
  let at = 0
  while (at < source.length) {
    if (/\s/.test(source[at]!)) {
      at++
      continue
    }
    TERM.lastIndex = at
    const text = TERM.exec(source)?.[0] ?? ''
    // A stray quotation mark is a term of its own.
    const to = at + Math.max(1, text.length)
    terms.push({ text: source.slice(at, to), from: at, to, ...understand(source.slice(at, to)) })
    at = to
  }
  return { source, terms }
}

/** Whether every understood term holds. */
export function matchesFilter(filter: TrafficFilter, sample: TrafficSample): boolean {
  return filter.terms.every(({ test }) => test === null || test(sample))
}

/** The filter without one of its terms, single spaces between the others. */
export function withoutTerm(filter: TrafficFilter, term: FilterTerm): string {
  return filter.terms
    .filter((one) => one !== term)
    .map(({ text }) => text)
    .join(' ')
}

/** The filter with another term, once. */
export function withTerm(filter: TrafficFilter, text: string): string {
  const texts = filter.terms.map((term) => term.text)
  return (texts.includes(text) ? texts : [...texts, text]).join(' ')
}

/** `pool:api`, with quotation marks where the value needs them. */
export function termText(field: string, value: string): string {
  return /[\s,"]/.test(value) ? `${field}:"${value.replaceAll('"', '')}"` : `${field}:${value}`
}

type Understood = Pick<FilterTerm, 'test' | 'problem'>

function understand(term: string): Understood {
  const [, dash = '', name, value = ''] = PARTS.exec(term) ?? []
  const isNegated = dash === '-'
  if (name === undefined) return understandWord(value, isNegated)
  const field = FILTER_FIELDS.find((known) => known.name === name.toLowerCase())
  if (field === undefined) return refused(unknownField(name))
  const values = splitValues(value)
  if (values.length === 0)
    return refused(`${field.name}: needs a value, for example ${field.example}.`)
  const readings = values.map((one) => field.read(one))
  const problem = readings.find((reading) => typeof reading === 'string')
  if (problem !== undefined) return refused(problem)
  return understood(readings as readonly SampleTest[], isNegated)
}

function understandWord(value: string, isNegated: boolean): Understood {
  const words = splitValues(value)
  if (words.length === 0) return refused('Write a word or a field with a value after the dash.')
  return understood(words.map(anywhere), isNegated)
}

function understood(tests: readonly SampleTest[], isNegated: boolean): Understood {
  return { test: (sample) => tests.some((test) => test(sample)) !== isNegated, problem: null }
}

function refused(problem: string): Understood {
  return { test: null, problem }
}

function unknownField(name: string): string {
  const names = FILTER_FIELDS.map((field) => field.name)
  const nearest = nearestName(name, names)
  if (nearest !== undefined) return `There is no field “${name}”. Did you mean ${nearest}?`
  return `There is no field “${name}”. Fields are ${names.join(', ')}.`
}

/** Commas separate, except between quotation marks. */
function splitValues(value: string): readonly string[] {
  return (value.match(/(?:"[^"]*"?|[^,"])+/g) ?? [])
    .map((part) => part.replaceAll('"', ''))
    .filter((part) => part !== '')
}
