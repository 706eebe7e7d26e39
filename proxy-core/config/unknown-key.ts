/** A key that the schema does not have: not built yet, misspelt, misplaced or unknown. */
import type { ConfigPath } from '../model/config-problem.ts'
import { nearestName } from '../model/schema/nearest-name.ts'
import { nounDocs, type NounDoc } from '../model/schema/option.ts'
import type { Finding } from './finding.ts'
import { objectsAt, titlesWithKey } from './schema-walk.ts'

/** `path`: the mapping in which the key stands. */
export function describeUnknownKey(path: ConfigPath, key: string): Finding {
  const objects = objectsAt(path)
  const docs = objects.map((object) => nounDocs.get(object)).filter((doc) => doc !== undefined)
  const place = { path: [...path, key], at: 'key' } as const
  const later = lookUp(docs, 'notYet', key)
  if (later !== undefined) {
    const message = `\`${key}\` (${later}) is not built yet.`
    return { ...place, code: 'NOT_YET', message, hint: 'Take it out until a version acts on it.' }
  }
  const known = objects.flatMap((object) => Object.keys(object.shape))
  const candidates = [...known, ...docs.flatMap((doc) => Object.keys(doc.notYet ?? {}))]
  const title = docs[0]?.title ?? 'this mapping'
  return {
    ...place,
    code: 'UNKNOWN_KEY',
    message: `\`${key}\` is no option of ${title === 'top level' ? 'the top level' : title}.`,
    hint: hintFor(key, docs, candidates, known)
  }
}

function hintFor(
  key: string,
  docs: readonly NounDoc[],
  candidates: readonly string[],
  known: readonly string[]
): string {
  if (key === '<<') return 'YAML merge keys are not read; use `defaults` for what is common.'
  const near = lookUp(docs, 'synonyms', key) ?? nearestName(key, candidates)
  if (near !== undefined) return `Did you mean \`${near}\`?`
  const titles = titlesWithKey(key)
  if (titles.length > 0 && titles.length <= 3) return `It is an option of ${titles.join(' and ')}.`
  return `Known here: ${known.join(', ')}.`
}

function lookUp(
  docs: readonly NounDoc[],
  table: 'notYet' | 'synonyms',
  key: string
): string | undefined {
  for (const doc of docs) {
    const words = doc[table]
    if (words !== undefined && Object.hasOwn(words, key)) return words[key]
  }
  return undefined
}
