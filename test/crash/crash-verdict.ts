/** What a crash test proves: nothing that was acknowledged is missing, altered or out of order. */

export interface KeyRecord {
  readonly key: string
  /** Numbers that were answered with 202. */
  readonly acknowledged: readonly number[]
  /** Numbers that the backend took, in order, with repetitions. */
  readonly taken: readonly number[]
}

export interface CrashVerdict {
  readonly acknowledged: number
  /** Acknowledged requests that no backend has. */
  readonly missing: readonly string[]
  /** Requests that the backend got for the first time after a later one of their key. */
  readonly disordered: readonly string[]
  /** Deliveries beyond the first of a request. */
  readonly repeated: number
}

export function verdictOn(records: readonly KeyRecord[]): CrashVerdict {
  const missing: string[] = []
  const disordered: string[] = []
  let acknowledged = 0
  let repeated = 0
  for (const { key, acknowledged: promised, taken } of records) {
    acknowledged += promised.length
    const seen = new Set<number>()
    let latest = -1
    for (const number of taken) {
      if (seen.has(number)) repeated++
      else if (number < latest) disordered.push(`${key}/${number}`)
      seen.add(number)
      latest = Math.max(latest, number)
    }
    for (const number of promised) if (!seen.has(number)) missing.push(`${key}/${number}`)
  }
  return { acknowledged, missing, disordered, repeated }
}
