/**
 * Which route takes a request. Built once per configuration; the cost of a match depends on
 * the length of host and path and not on the number of routes.
 *
 * Order, each step only among what the step before left equal:
 * 1. host: exact name, then the longest wildcard suffix, then routes for any host;
 * 2. the longest path prefix, on segment boundaries (`/api` takes `/api` and `/api/x`, not `/apix`);
 * 3. most conditions (each header is one, a list of methods is one);
 * 4. order in the file.
 * Where no route of a prefix has its conditions met, shorter prefixes follow, then less
 * specific hosts.
 */
import { HostIndex } from './host-index.ts'
import { needsNormalising, normalisePath } from './path-normal-form.ts'
import type { FieldLookup, Routed } from './route-conditions.ts'

export class RouteTable<T extends Routed> {
  readonly #byListener = new Map<string, HostIndex<T>>()
  /** For listeners that no route names. */
  readonly #elsewhere: HostIndex<T>

  /** `entries` in file order. */
  constructor(entries: readonly T[]) {
    const named = new Set(entries.flatMap((entry) => entry.settings.listeners))
    for (const listener of named) {
      const routes = entries.filter(
        ({ settings }) => settings.listeners.length === 0 || settings.listeners.includes(listener)
      )
      this.#byListener.set(listener, new HostIndex(routes))
    }
    this.#elsewhere = new HostIndex(
      entries.filter((entry) => entry.settings.listeners.length === 0)
    )
  }

  /**
   * `host`: the Host field as received ('' without one). `path`: as received, without query.
   * `field` is asked only by routes that match on headers. Undefined when no route takes the
   * request, also for paths that backends would read differently (see `normalisePath`).
   */
  match(
    listener: string,
    host: string,
    path: string,
    method: string,
    field: FieldLookup
  ): T | undefined {
    const comparable = needsNormalising(path) ? normalisePath(path) : path
    if (comparable === undefined) return undefined
    const routes = this.#byListener.get(listener) ?? this.#elsewhere
    return routes.find(host, comparable, method, field)
  }
}
