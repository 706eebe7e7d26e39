/** Names and addresses that must differ. */
import { formatPath, type ConfigPath } from '../../model/config-problem.ts'
import { parseHostPort } from '../../model/schema/addresses.ts'
import type { Finding } from '../finding.ts'
import { backendLists, healthChecks, type LooseNode } from '../loose-document.ts'

export function* checkNames(root: LooseNode): Generator<Finding> {
  for (const [section, noun] of [
    ['listeners', 'listener'],
    ['routes', 'route'],
    ['pools', 'pool']
  ] as const) {
    const names = root.at(section).items.map((item) => item.at('name'))
    yield* repeated(names, (name) => name.text, `another ${noun} has the name`)
  }
  for (const list of backendLists(root)) {
    const addresses = list.items.map((backend) => backend.at('address'))
    yield* repeated(addresses, addressKey, 'another backend of this pool has the address')
  }
  for (const holder of [...root.at('routes').items, ...healthChecks(root)]) {
    const headers = holder.at('headers')
    const names = headers.keys.map((key) => ({ path: [...headers.path, key], text: key }))
    yield* repeated(
      names,
      (name) => name.text.toLowerCase(),
      'field names ignore case, and another is',
      'key'
    )
  }
}

interface Named {
  readonly path: ConfigPath
  readonly text: string | undefined
}

function* repeated<T extends Named>(
  entries: readonly T[],
  keyOf: (entry: T) => string | undefined,
  sentence: string,
  at: 'key' | 'value' = 'value'
): Generator<Finding> {
  const first = new Map<string, T>()
  for (const entry of entries) {
    const key = keyOf(entry)
    if (key === undefined) continue
    const earlier = first.get(key)
    if (earlier === undefined) {
      first.set(key, entry)
      continue
    }
    const place = formatPath(earlier.path)
    const message = `${capitalised(sentence)} ${JSON.stringify(earlier.text)} already (${place}).`
    yield { code: 'DUPLICATE', path: entry.path, at, message, hint: null }
  }
}

/** `API:80` and `api:80` are one server. */
function addressKey(address: Named): string | undefined {
  const parsed = address.text === undefined ? undefined : parseHostPort(address.text)
  return parsed === undefined ? undefined : `${parsed.host}:${String(parsed.port)}`
}

function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}
