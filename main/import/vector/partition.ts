/**
 * How keys are divided among sinks: by the `partition` transform of seed 000, which Vector does not
 * have, or by what does the same in Vector, a `remap` that computes `mod` of a field.
 */
import type { TomlEntry } from '../toml/toml-document.ts'
import { find, numberOf, textOf, type Component } from './component.ts'
import { readFieldPath, type FieldPath } from './condition.ts'
import { requestPartOf, templatePartOf, writtenPart } from './request-part.ts'
import type { Supply } from './wiring.ts'

export interface Division {
  /** The transform that computes it: sinks with the same one belong together. */
  readonly transform: Component
  /** As the configuration writes it: `header:x-process-id`. */
  readonly key: string
  readonly keyEntry: TomlEntry
  /** null: as many as there are sinks. */
  readonly count: number | null
  readonly countEntry: TomlEntry | null
  /** Whether the transform is one that Vector does not have. */
  readonly isOfSeed: boolean
}

const MAX_PARTITIONS = 65_536
const MAX_PROGRAM_LENGTH = 10_000
/** `.part = mod(…, 3)`, on one line. */
const MODULO = /^[ \t]*\.(\w+)[ \t]*=[ \t]*mod\((.*),[ \t]*(\d{1,5})[ \t]*\)/gm
const FIELD_IN_PROGRAM = /[.%](?:[A-Za-z_@][\w@]*|"[^"\\]*")(?:\.(?:[A-Za-z_@][\w@]*|"[^"\\]*"))*/g

/** What computes the number in this field; null where nothing does that can be read. */
export function divisionOf(field: FieldPath, supply: Supply): Division | null {
  for (const { transform } of supply.steps.toReversed()) {
    const division =
      transform.type === 'partition'
        ? seedDivision(transform, supply.source)
        : transform.type === 'remap'
          ? computedDivision(transform, field, supply.source)
          : null
    if (division !== null) return division
  }
  return null
}

function seedDivision(transform: Component, source: Component): Division | null {
  const { table } = transform
  const keyEntry = find(table, 'partition', 'key') ?? find(table, 'key')
  const part = templatePartOf(textOf(keyEntry) ?? '', source)
  if (keyEntry === undefined || part === undefined) return null
  const countEntry = find(table, 'partitions') ?? find(table, 'partition', 'count') ?? null
  const count = countOf(numberOf(countEntry ?? undefined))
  return { transform, key: writtenPart(part), keyEntry, count, countEntry, isOfSeed: true }
}

function computedDivision(
  transform: Component,
  field: FieldPath,
  source: Component
): Division | null {
  const keyEntry = find(transform.table, 'source')
  const program = textOf(keyEntry) ?? ''
  if (keyEntry === undefined || program.length > MAX_PROGRAM_LENGTH) return null
  for (const [, name, expression = '', count] of program.matchAll(MODULO)) {
    if (field.length !== 1 || field[0] !== name) continue
    const key = keyIn(expression, source)
    if (key === null) return null
    const isOfSeed = false
    return { transform, key, keyEntry, count: countOf(Number(count)), countEntry: null, isOfSeed }
  }
  return null
}

/** The only part of a request that the expression is made of. */
function keyIn(expression: string, source: Component): string | null {
  const keys = new Set<string | null>()
  for (const [written] of expression.matchAll(FIELD_IN_PROGRAM)) {
    const field = readFieldPath(written)
    const part = field === undefined ? undefined : requestPartOf(field, source)
    keys.add(part === undefined ? null : writtenPart(part))
  }
  const [key = null] = keys
  return keys.size === 1 ? key : null
}

function countOf(number: number | undefined): number | null {
  const isCount = number !== undefined && Number.isInteger(number)
  return isCount && number >= 1 && number <= MAX_PARTITIONS ? number : null
}
