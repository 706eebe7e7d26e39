/** The routes of one listener by host: exact names, wildcard suffixes, and any host. */
import type { HostPattern } from '../model/settings.ts'
import { normaliseHost, normaliseHostPattern } from './host-name.ts'
import { PrefixIndex } from './prefix-index.ts'
import type { FieldLookup, Routed } from './route-conditions.ts'

const DOT = 0x2e

export class HostIndex<T extends Routed> {
  readonly #exact: ReadonlyMap<string, PrefixIndex<T>>
  /** By suffix, leading dot included. */
  readonly #suffixes: ReadonlyMap<string, PrefixIndex<T>>
  /** 1 at every length that some suffix has: other lengths are not tried. */
  readonly #suffixLengths: Uint8Array
  readonly #any: PrefixIndex<T>

  /** `routes` in file order. */
  constructor(routes: readonly T[]) {
    this.#exact = indexBy(routes, (host) =>
      host.kind === 'exact' ? normaliseHostPattern(host.host) : undefined
    )
    this.#suffixes = indexBy(routes, (host) =>
      host.kind === 'suffix' ? normaliseHost(host.suffix) : undefined
    )
    this.#any = new PrefixIndex(routes.filter((route) => route.settings.host.kind === 'any'))
    const lengths = [...this.#suffixes.keys()].map((suffix) => suffix.length)
    this.#suffixLengths = new Uint8Array(Math.max(0, ...lengths) + 1)
    for (const length of lengths) this.#suffixLengths[length] = 1
  }

  /** `host`: the Host field as received; `path` in normal form. */
  find(host: string, path: string, method: string, field: FieldLookup): T | undefined {
    if (this.#exact.size > 0 || this.#suffixes.size > 0) {
      const name = normaliseHost(host)
      const found =
        this.#exact.get(name)?.find(path, method, field) ??
        this.#findBySuffix(name, path, method, field)
      if (found !== undefined) return found
    }
    return this.#any.find(path, method, field)
  }

  /** Longest suffix first, over as much of the name as the longest suffix can cover. */
  #findBySuffix(name: string, path: string, method: string, field: FieldLookup): T | undefined {
    const lengths = this.#suffixLengths
    // A wildcard stands for at least one character, so no suffix begins at index 0.
    for (let start = Math.max(1, name.length - lengths.length + 1); start < name.length; start++) {
      if (name.charCodeAt(start) !== DOT || lengths[name.length - start] !== 1) continue
      const found = this.#suffixes.get(name.slice(start))?.find(path, method, field)
      if (found !== undefined) return found
    }
    return undefined
  }
}

function indexBy<T extends Routed>(
  routes: readonly T[],
  keyOf: (host: HostPattern) => string | undefined
): ReadonlyMap<string, PrefixIndex<T>> {
  const index = new Map<string, PrefixIndex<T>>()
  for (const [key, entries] of Map.groupBy(routes, (route) => keyOf(route.settings.host))) {
    if (key !== undefined) index.set(key, new PrefixIndex(entries))
  }
  return index
}
