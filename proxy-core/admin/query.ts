/** Reads the query of a request against the schema of its operation. */
import { z } from 'zod'
import { SwitchyardError } from '../model/error-catalogue.ts'
import { nearestName } from '../model/schema/nearest-name.ts'
import { parseDuration, parseSize } from '../model/units.ts'

export const NO_QUERY = z.strictObject({})

/** `level=1`: digits only, so that neither "" nor "1e3" passes for a number. */
export const wholeNumber = z.codec(
  z.string().regex(/^\d{1,15}$/, { error: 'must be a whole number, 0 or more' }),
  z.int().nonnegative(),
  { decode: Number, encode: String }
)

/** `force=true`. */
export const yesOrNo = z.codec(
  z.enum(['true', 'false'], { error: 'must be true or false' }),
  z.boolean(),
  { decode: (word) => word === 'true', encode: (value) => (value ? 'true' : 'false') }
)

const MAX_SPAN_MS = 3_600_000

/** `for=30s`: a duration as the configuration writes it, in milliseconds. */
export const durationText = z.codec(
  z.string().refine(isSpan, { error: 'must be a duration such as 30s, at most 1h' }),
  z.number(),
  { decode: (text) => parseDuration(text) ?? 0, encode: (ms) => `${String(ms)}ms` }
)

/** It ends up in logs and events: one printable line. */
export const reasonText = z
  .string()
  .min(1, { error: 'must say something' })
  .max(200, { error: 'must not be longer than 200 characters' })
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, { error: 'must be one line of text' })

/** Throws ADMIN_REQUEST_INVALID, which names the parameter. */
export function readQuery<Query extends z.ZodObject>(
  search: URLSearchParams,
  schema: Query
): z.output<Query> {
  const given = new Map<string, string>()
  for (const [name, value] of search) {
    if (!Object.hasOwn(schema.shape, name)) throw unknown(name, Object.keys(schema.shape))
    if (given.has(name)) throw invalid(`${name}: is given twice.`)
    given.set(name, value)
  }
  const parsed = schema.safeParse(Object.fromEntries(given))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw invalid(`${issue?.path.join('.') ?? 'the query'}: ${issue?.message ?? 'is not valid'}.`)
}

function unknown(name: string, known: readonly string[]): SwitchyardError {
  const nearest = nearestName(name, known)
  const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`
  return invalid(`${name}: this path takes no such parameter.${hint}`)
}

function invalid(message: string): SwitchyardError {
  return new SwitchyardError('ADMIN_REQUEST_INVALID', message)
}

/** `body=64KB`: a size as the configuration writes it, in bytes. */
export const sizeText = z.codec(
  z.string().refine(isBodySize, { error: 'must be a size such as 64KB, at most 1MiB' }),
  z.number(),
  { decode: (text) => parseSize(text) ?? 0, encode: String }
)

const MAX_BODY_SHOWN_BYTES = 1024 * 1024

function isBodySize(text: string): boolean {
  const bytes = parseSize(text)
  return bytes !== undefined && bytes >= 0 && bytes <= MAX_BODY_SHOWN_BYTES
}

function isSpan(text: string): boolean {
  const ms = parseDuration(text)
  return ms !== undefined && ms >= 1 && ms <= MAX_SPAN_MS
}
