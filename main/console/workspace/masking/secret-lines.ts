/**
 * Secrets in a text that is no YAML, such as one with a quote left open: found line by line, by
 * the keys that the schema uses for secrets. Coarse, and better than showing them.
 */
import { z } from 'zod'
import { alternatives } from '../../../../proxy-core/config/schema-walk.ts'
import { configSchema } from '../../../../proxy-core/model/config-schema.ts'
import { isSecret } from '../../../../proxy-core/model/schema/words.ts'

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

const ENTRY = new RegExp(
  String.raw`(?<![\w-])["']?(${[...secretKeys()].join('|')})["']?[ \t]*:[ \t]+`,
  'g'
)

function secretKeys(): ReadonlySet<string> {
  const keys = new Set<string>()
  collect(configSchema, keys)
  return keys
}

function collect(schema: z.core.$ZodType, keys: Set<string>): void {
  for (const plain of alternatives(schema)) {
    if (plain instanceof z.ZodArray) collect(plain.element, keys)
    if (!(plain instanceof z.ZodObject)) continue
    for (const [key, child] of Object.entries(plain.shape)) {
      if (alternatives(child).some(isSecret)) keys.add(key)
      else collect(child, keys)
    }
  }
}
