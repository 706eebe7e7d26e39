/**
 * Secrets in a text that is no YAML, such as one with a quote left open: found line by line, by
 * the keys that the schema uses for secrets and by the names of fields that let their bearer in.
 * Coarse, and better than showing them.
 */
import { z } from 'zod'
import { alternatives } from '../../../../proxy-core/config/schema-walk.ts'
import { configSchema } from '../../../../proxy-core/model/config-schema.ts'
import { isSecret } from '../../../../proxy-core/model/schema/words.ts'
import { isSensitiveField } from '../../../../proxy-core/model/sensitive-field.ts'
import { SENSITIVE_FIELDS } from '../../../../proxy-core/model/traffic-sample.ts'

export interface SecretLine {
  readonly key: string
  readonly start: number
  readonly end: number
  /** The rest of the entry as written. */
  readonly source: string
}

/** In the order of the text. Values that say where a secret is are none. */
export function secretLines(text: string): readonly SecretLine[] {
  return [...text.matchAll(ENTRY)].flatMap((match) => {
    const [whole, key = ''] = match
    if (!isSecretKey(key)) return []
    const start = match.index + whole.length
    const lineStart = text.lastIndexOf('\n', match.index) + 1
    const isInFlow = text.slice(lineStart, match.index).includes('{')
    const [source = ''] = (isInFlow ? IN_FLOW : IN_BLOCK).exec(lineFrom(text, start)) ?? []
    return source === '' ? [] : [{ key, start, end: start + source.length, source }]
  })
}

function lineFrom(text: string, start: number): string {
  const end = text.indexOf('\n', start)
  return text.slice(start, end === -1 ? undefined : end)
}

/** A quoted value may lack its end; blocks and mappings are no values of one line. */
const QUOTED = String.raw`^"(?:[^"\\\n]|\\.)*"?|^'[^'\n]*'?`
const NO_VALUE = String.raw`(?!\{|[|>][-+\d]*[ \t]*(?:#|$))`
const IN_FLOW = new RegExp(String.raw`${QUOTED}|^${NO_VALUE}[^\s,}](?:[^,}\n]*[^,}\s])?`)
const IN_BLOCK = new RegExp(String.raw`${QUOTED}|^${NO_VALUE}[^\s]+(?: +[^\s#]\S*)*`)

const ENTRY = /(?<![\w-])["']?([\w-]+)["']?[ \t]*:[ \t]+/g

/** What the schema has an option for is none because of its name: `auth`, `session`. */
function isSecretKey(key: string): boolean {
  if (KEYS.secret.has(key) || WELL_KNOWN_FIELDS.has(key.toLowerCase())) return true
  return isSensitiveField(key) && !KEYS.other.has(key)
}

const WELL_KNOWN_FIELDS: ReadonlySet<string> = new Set(SENSITIVE_FIELDS)

interface SchemaKeys {
  readonly secret: Set<string>
  readonly other: Set<string>
}

const KEYS: SchemaKeys = { secret: new Set(), other: new Set() }
collect(configSchema, KEYS)

function collect(schema: z.core.$ZodType, keys: SchemaKeys): void {
  for (const plain of alternatives(schema)) {
    if (plain instanceof z.ZodArray) collect(plain.element, keys)
    if (!(plain instanceof z.ZodObject)) continue
    for (const [key, child] of Object.entries(plain.shape)) {
      const isOfSecret = alternatives(child).some(isSecret)
      keys[isOfSecret ? 'secret' : 'other'].add(key)
      if (!isOfSecret) collect(child, keys)
    }
  }
}
