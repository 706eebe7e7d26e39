/** What a request must have beside host and path for a route to take it. */
import type { HeaderMatch, RouteSettings } from '../model/settings.ts'

/** Whatever a route table selects: the settings and what the caller compiled from them. */
export interface Routed {
  readonly settings: RouteSettings
}

/** The value of a request field by lower-case name; of repeated fields the first. */
export type FieldLookup = (lowerCaseName: string) => string | undefined

export interface Candidate<T> {
  readonly route: T
  /** Empty: any. */
  readonly methods: readonly string[]
  readonly headers: readonly HeaderMatch[]
  /** Neither methods nor headers: known without touching the two lists. */
  readonly takesAll: boolean
}

/**
 * The routes of one host and prefix in the order in which they are asked: most conditions
 * first (each header is one, a list of methods is one), then file order.
 */
export function rankCandidates<T extends Routed>(routes: readonly T[]): readonly Candidate<T>[] {
  const candidates = routes.map((route) => {
    const { methods, headers } = route.settings
    return { route, methods, headers, takesAll: methods.length === 0 && headers.length === 0 }
  })
  // Sorting is stable, so that equals stay in file order.
  return candidates.sort((a, b) => conditionCount(b) - conditionCount(a))
}

/** The first route whose conditions the request meets. Methods and values are compared exactly. */
export function firstMeeting<T>(
  candidates: readonly Candidate<T>[],
  method: string,
  field: FieldLookup
): T | undefined {
  for (const candidate of candidates) {
    if (candidate.takesAll || meets(candidate, method, field)) return candidate.route
  }
  return undefined
}

function meets(candidate: Candidate<unknown>, method: string, field: FieldLookup): boolean {
  const { methods, headers } = candidate
  if (methods.length > 0 && !methods.includes(method)) return false
  for (const header of headers) {
    if (field(header.name) !== header.value) return false
  }
  return true
}

function conditionCount(candidate: Candidate<unknown>): number {
  return candidate.headers.length + (candidate.methods.length > 0 ? 1 : 0)
}
