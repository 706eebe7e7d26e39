/**
 * The path prefixes of one host. A path is tried only where a segment ends at a length that
 * some prefix has, so that the cost depends on the path's segments and not on the number of
 * prefixes. (A running hash over the path, which avoids the slices, was measured and is slower.)
 */
import { comparablePrefix } from './path-normal-form.ts'
import {
  firstMeeting,
  rankCandidates,
  type Candidate,
  type FieldLookup,
  type Routed
} from './route-conditions.ts'

const SLASH = 0x2f

export class PrefixIndex<T extends Routed> {
  /** Prefix `/`: covers everything, also targets that are no path (`OPTIONS *`). */
  readonly #everything: readonly Candidate<T>[]
  readonly #byPrefix = new Map<string, readonly Candidate<T>[]>()
  /** 1 at every length that some prefix other than `/` has. */
  readonly #lengths: Uint8Array
  readonly #longest: number

  /** `routes` in file order. */
  constructor(routes: readonly T[]) {
    const byPrefix = Map.groupBy(routes, (route) => comparablePrefix(route.settings.pathPrefix))
    this.#everything = rankCandidates(byPrefix.get('/') ?? [])
    byPrefix.delete('/')
    let longest = 0
    for (const [prefix, entries] of byPrefix) {
      this.#byPrefix.set(prefix, rankCandidates(entries))
      longest = Math.max(longest, prefix.length)
    }
    this.#longest = longest
    this.#lengths = new Uint8Array(longest + 1)
    for (const prefix of byPrefix.keys()) this.#lengths[prefix.length] = 1
  }

  /** The most specific route for a path in normal form, or undefined. */
  find(path: string, method: string, field: FieldLookup): T | undefined {
    for (let end = Math.min(path.length, this.#longest); end > 0; end--) {
      if (this.#lengths[end] !== 1) continue
      const isWhole = end === path.length
      if (!isWhole && path.charCodeAt(end) !== SLASH) continue
      const candidates = this.#byPrefix.get(isWhole ? path : path.slice(0, end))
      if (candidates === undefined) continue
      const found = firstMeeting(candidates, method, field)
      if (found !== undefined) return found
    }
    return firstMeeting(this.#everything, method, field)
  }
}
