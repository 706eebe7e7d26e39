/**
 * The leaf of the configuration schema: one value that is read, checked and converted in
 * one place, with a message written for the person who has to mend it. The JSON Schema
 * form and the notation for the option reference are given beside it, because a
 * conversion has neither.
 */
import { z } from 'zod'
import type { ConfigProblemCode } from '../config-problem.ts'

/** Why a value cannot be taken. */
export interface ReadingFault {
  readonly code: Extract<ConfigProblemCode, 'WRONG_TYPE' | 'BAD_VALUE' | 'OUT_OF_RANGE' | 'NOT_YET'>
  /** A sentence. */
  readonly message: string
  readonly hint?: string
}

export type Reading<T> = { readonly value: T } | ReadingFault

export interface Notation {
  /** How the option reference writes the value: `<duration>`, `true | false`. */
  readonly syntax: string
  /** The JSON Schema of the value as it stands in the file. */
  readonly json: Readonly<Record<string, unknown>>
}

/** How a leaf is written, for the option reference. */
export const notations = z.registry<{ readonly syntax: string }>()

/** What a scalar leaves in an issue's `params`, for `config/describe-issue.ts`. */
export interface ScalarIssueParams {
  readonly problem: ConfigProblemCode
  readonly hint: string | null
}

export function scalar<T>(notation: Notation, read: (value: unknown) => Reading<T>): z.ZodType<T> {
  const schema = z.unknown().transform((value, context): T => {
    const reading = read(value)
    if ('value' in reading) return reading.value
    const params: ScalarIssueParams = { problem: reading.code, hint: reading.hint ?? null }
    context.addIssue({ code: 'custom', message: reading.message, params: { ...params } })
    return z.NEVER
  })
  return schema.meta({ ...notation.json }).register(notations, { syntax: notation.syntax })
}

/** A value as a message may show it: quoted, on one line, short. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value !== 'string') return String(value)
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value)
}

/** "expected X, got Y" for a value of the wrong kind. */
export function wrongType(expected: string, value: unknown, hint?: string): ReadingFault {
  const message = `Expected ${expected}, got ${show(value)}.`
  const fallback = value === null ? 'Give the key a value, or take it out.' : undefined
  const advice = hint ?? fallback
  return { code: 'WRONG_TYPE', message, ...(advice === undefined ? {} : { hint: advice }) }
}
