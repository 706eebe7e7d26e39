/**
 * A short name for the whole contract as this build knows it. A page that was loaded from an
 * older build says so in its first frame, and is asked to reload instead of failing later.
 */
import { z } from 'zod'
import { fromHostSchema, fromPageSchema } from './envelope.ts'
import { METHODS } from './methods.ts'
import { TOPICS } from './topics.ts'

const FRAMES = { frames: { fromPage: fromPageSchema, fromHost: fromHostSchema } }

let known: string | undefined

export function contractHash(): string {
  return (known ??= fnv1a64(
    JSON.stringify([describe(METHODS), describe(TOPICS), describe(FRAMES)])
  ))
}

function describe(definitions: Readonly<Record<string, object>>): unknown {
  return Object.entries(definitions).map(([name, definition]) => [
    name,
    Object.entries(definition).map(([part, value]: [string, unknown]) => [
      part,
      value instanceof z.ZodType ? z.toJSONSchema(value, { unrepresentable: 'any' }) : value
    ])
  ])
}

/** FNV-1a, 64 bits (draft-eastlake-fnv): it tells builds apart and protects nothing. */
function fnv1a64(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (let at = 0; at < text.length; at++) {
    hash ^= BigInt(text.charCodeAt(at))
    hash = (hash * 0x100000001b3n) & 0xffffffffffffffffn
  }
  return hash.toString(16).padStart(16, '0')
}
