/** Leaves that are words: names, flags, choices, free text, paths, patterns, secrets. */
import { z } from 'zod'
import { nearestName } from './nearest-name.ts'
import { notations, scalar, show, wrongType } from './scalar.ts'

const NAME_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'
const NAME = new RegExp(NAME_PATTERN)
/** RFC 9110 section 5.6.2. */
const TOKEN_PATTERN = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"
const TOKEN = new RegExp(TOKEN_PATTERN)
/** RFC 9110 section 5.5, without leading and trailing white space and without obs-text. */
const FIELD_VALUE = /^(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?$/
// eslint-disable-next-line no-control-regex -- control characters are what this looks for
const CONTROL = /[\u0000-\u001f\u007f]/

/** Names appear in metrics labels, URLs and logs, so they are kept to what needs no escaping. */
export function name(): z.ZodType<string> {
  return scalar({ syntax: '<name>', json: { type: 'string', pattern: NAME_PATTERN } }, (value) => {
    if (typeof value !== 'string') return wrongType('a name', value, quoted(value))
    if (NAME.test(value)) return { value }
    return {
      code: 'BAD_VALUE',
      message: `${show(value)} cannot be a name.`,
      hint: 'Use 1 to 64 letters, digits, dots, dashes and underscores, a letter or digit first.'
    }
  })
}

export function flag(): z.ZodType<boolean> {
  return scalar({ syntax: 'true | false', json: { type: 'boolean' } }, (value) => {
    if (typeof value === 'boolean') return { value }
    const isYes = /^(yes|on|true|enabled?|1)$/i.test(String(value))
    const isNo = /^(no|off|false|disabled?|0)$/i.test(String(value))
    const hint = isYes ? 'Write true.' : isNo ? 'Write false.' : undefined
    return wrongType('true or false', value, hint)
  })
}

/** Any text of one line. */
export function text(what: string): z.ZodType<string> {
  return scalar({ syntax: '<text>', json: { type: 'string', minLength: 1 } }, (value) => {
    if (typeof value !== 'string') return wrongType(what, value, quoted(value))
    if (value === '' || CONTROL.test(value)) {
      return { code: 'BAD_VALUE', message: `Expected ${what} on one line, got ${show(value)}.` }
    }
    return { value }
  })
}

/** A path of a file; relative ones start at the folder of the configuration. */
export function filePath(): z.ZodType<string> {
  const path = text('the path of a file')
  return path.meta({ description: 'Relative to the folder of the configuration file.' })
}

export interface Choices<T extends string> {
  readonly values: Readonly<Record<string, T>>
  /** Values of the design that are not built: value → what it will be. */
  readonly notYet?: Readonly<Record<string, string>>
}

/** One of several words; aliases map to the same meaning. */
export function choice<T extends string>(what: string, choices: Choices<T>): z.ZodType<T> {
  const words = Object.keys(choices.values)
  const list = words.join(', ')
  return scalar({ syntax: words.join(' | '), json: { type: 'string', enum: words } }, (value) => {
    if (typeof value !== 'string') return wrongType(`${what}: one of ${list}`, value)
    if (Object.hasOwn(choices.values, value)) return { value: choices.values[value]! }
    const later = choices.notYet
    if (later !== undefined && Object.hasOwn(later, value)) {
      return {
        code: 'NOT_YET',
        message: `${show(value)} (${later[value]!}) is not built yet.`,
        hint: `Available now: ${list}.`
      }
    }
    const candidates = [...words, ...Object.keys(later ?? {})]
    return {
      code: 'BAD_VALUE',
      message: `${show(value)} is not ${what}.`,
      hint: nearestHint(value, candidates, `Use one of ${list}.`)
    }
  })
}

/** A method name, in upper case. */
export function method(): z.ZodType<string> {
  return scalar(
    { syntax: '<method>', json: { type: 'string', pattern: TOKEN_PATTERN } },
    (value) => {
      if (typeof value !== 'string') return wrongType('a method such as GET', value, quoted(value))
      if (TOKEN.test(value)) return { value: value.toUpperCase() }
      return { code: 'BAD_VALUE', message: `${show(value)} is not a method.` }
    }
  )
}

/** A field name of a request, as written. */
export function fieldName(): z.ZodType<string> {
  return scalar(
    { syntax: '<field name>', json: { type: 'string', pattern: TOKEN_PATTERN } },
    (value) => {
      if (typeof value !== 'string') return wrongType('a field name such as X-Request-Id', value)
      if (TOKEN.test(value)) return { value }
      return { code: 'BAD_VALUE', message: `${show(value)} is not a field name.` }
    }
  )
}

/** The text of a header field: no control characters, so that it cannot begin another field. */
function fieldValue(): z.ZodType<string> {
  return scalar({ syntax: '<text>', json: { type: 'string' } }, (value) => {
    if (typeof value !== 'string') return wrongType('the text of a field', value, quoted(value))
    if (FIELD_VALUE.test(value)) return { value }
    return {
      code: 'BAD_VALUE',
      message: `${show(value)} cannot be the value of a field: visible ASCII only, no outer spaces.`
    }
  })
}

/** Field names and their values. Two spellings of one name are refused by a cross-check. */
export function fields(): z.ZodType<Record<string, string>> {
  return z.record(fieldKey(), fieldValue()).register(fieldMappings, { areFields: true })
}

/** A registry, because a description makes another schema of the same parent. */
const fieldMappings = z.registry<{ readonly areFields: true }>()

/** Whether this is the schema of field names and their values, some of which may be secret. */
export function isFields(schema: z.core.$ZodType): boolean {
  return fieldMappings.get(schema) !== undefined
}

function fieldKey(): z.ZodString {
  return z.string().regex(TOKEN, { error: ({ input }) => `${show(input)} is not a field name.` })
}

/** Text, or a pattern between slashes as in JavaScript. */
export function pattern(): z.ZodType<string> {
  return scalar(
    { syntax: '<text> | /<pattern>/', json: { type: 'string', minLength: 1 } },
    (value) => {
      if (typeof value !== 'string') return wrongType('text or a /pattern/', value, quoted(value))
      if (value === '')
        return { code: 'BAD_VALUE', message: 'Expected text or a /pattern/, got "".' }
      const source = /^\/(.+)\/$/s.exec(value)?.[1]
      if (source === undefined) return { value }
      try {
        new RegExp(source)
        return { value }
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause)
        return { code: 'BAD_VALUE', message: `${show(value)} is not a valid pattern: ${reason}.` }
      }
    }
  )
}

/** Where a secret comes from: literally (which draws a warning), or from somewhere safer. */
export type SecretSource = string | Readonly<Record<string, string>>

/** A mapping with one of these keys says where the secret is, and is none itself. */
export const SECRET_SOURCES: readonly string[] = ['env', 'file', 'secret']

const SECRET_SYNTAX = '<secret>'

/**
 * Messages about a secret never show it. `problemOf` is asked about its text where that is known:
 * a sentence, or null where it is good.
 */
export function secret(
  problemOf: (text: string) => string | null = () => null
): z.ZodType<SecretSource> {
  const forms = SECRET_SOURCES.map((source) => ({
    type: 'object',
    properties: { [source]: { type: 'string' } },
    required: [source],
    additionalProperties: false
  }))
  const json = { anyOf: [{ type: 'string', minLength: 1 }, ...forms] }
  return scalar<SecretSource>({ syntax: SECRET_SYNTAX, json }, (value) => {
    if (typeof value === 'string' && value !== '') {
      const message = problemOf(value)
      return message === null ? { value } : { code: 'BAD_VALUE', message }
    }
    if (isSecretReference(value)) return { value }
    const message = 'Expected a secret: { env: NAME }, { file: path }, { secret: name } or text.'
    const hint = typeof value === 'number' ? 'Put the number in quotes.' : undefined
    return { code: 'WRONG_TYPE', message, ...(hint === undefined ? {} : { hint }) }
  })
}

/** Whether this is the schema of a secret: such values never leave the control plane. */
export function isSecret(schema: z.core.$ZodType): boolean {
  return notations.get(schema)?.syntax === SECRET_SYNTAX
}

function isSecretReference(value: unknown): value is Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return false
  const [entry, ...others] = Object.entries(value)
  if (entry === undefined || others.length > 0) return false
  const [source, target] = entry
  return SECRET_SOURCES.includes(source) && typeof target === 'string' && target !== ''
}

/** `quoted(8)` advises to write `"8"`. */
export function quoted(value: unknown): string | undefined {
  const isBare = typeof value === 'number' || typeof value === 'boolean'
  return isBare ? `Quote it: "${String(value)}".` : undefined
}

function nearestHint(word: string, candidates: readonly string[], otherwise: string): string {
  const near = nearestName(word, candidates)
  return near === undefined ? otherwise : `Did you mean ${near}? ${otherwise}`
}
