/**
 * The limits of one route. A request passes when every limit lets it; then, and only then, it
 * takes a token of each: what is refused costs nobody anything.
 *
 * The fields are those of draft-ietf-httpapi-ratelimit-headers-11 (May 2026): RateLimit-Policy
 * names the limits, RateLimit what is left of them. In a refusal RateLimit has the exhausted limits
 * only, because Retry-After should not come before the end of any window that it names (section 6).
 */
import { clientNetwork } from './client-network.ts'
import { limitKey, type FieldReader } from './limit-key.ts'
import { RateLimit } from './rate-limit.ts'
import { TokenBucket } from './token-bucket.ts'

export interface RateLimitRefusal {
  readonly status: number
  /** Waiting that long suffices, unless another request of the client comes first. */
  readonly retryAfterS: number
}

export class RateLimiter {
  readonly limits: readonly RateLimit[]
  /** Lines with CR LF for the answer to the request that was decided on last, or ''. */
  fields = ''
  readonly #policyLine: string
  /** Of the request that is being decided on; index by index those of `limits`. */
  readonly #keys: string[]
  readonly #found: Int32Array

  constructor(limits: readonly RateLimit[]) {
    this.limits = limits
    this.#keys = limits.map(() => '')
    this.#found = new Int32Array(limits.length)
    const shown = limits.filter(({ settings }) => settings.hasFields)
    const items = shown.map(({ policyItem }) => policyItem).join(', ')
    this.#policyLine = shown.length === 0 ? '' : `RateLimit-Policy: ${items}\r\n`
  }

  /** null: the request passes. Either way `fields` is for its answer. */
  decide(
    clientAddress: string,
    reader: FieldReader,
    text: string,
    nowMs: number
  ): RateLimitRefusal | null {
    const nowNs = TokenBucket.time(nowMs)
    const { limits } = this
    const network = clientNetwork(clientAddress)
    let longestNs = 0
    let refusing: RateLimit | null = null
    for (let index = 0; index < limits.length; index++) {
      const limit = limits[index]!
      const key = limitKey(limit.settings.by, network, reader, text)
      const found = limit.table.find(key)
      this.#keys[index] = key
      this.#found[index] = found
      const waitNs = limit.table.waitNs(found, nowNs)
      if (waitNs <= longestNs) continue
      longestNs = waitNs
      refusing = limit
    }
    if (refusing === null) this.#take(nowNs)
    this.fields = this.#policyLine === '' ? '' : this.#fieldsAt(nowNs, refusing !== null)
    if (refusing === null) return null
    refusing.refused++
    return { status: refusing.settings.status, retryAfterS: RateLimit.retryAfterS(longestNs) }
  }

  #take(nowNs: number): void {
    for (let index = 0; index < this.limits.length; index++) {
      const { table } = this.limits[index]!
      this.#found[index] = table.take(this.#found[index]!, this.#keys[index]!, nowNs)
    }
  }

  #fieldsAt(nowNs: number, isRefusal: boolean): string {
    let items = ''
    for (let index = 0; index < this.limits.length; index++) {
      const limit = this.limits[index]!
      const found = this.#found[index]!
      if (!limit.settings.hasFields) continue
      if (isRefusal && limit.table.waitNs(found, nowNs) === 0) continue
      items += `${items === '' ? '' : ', '}${limit.stateItem(found, nowNs)}`
    }
    return items === '' ? this.#policyLine : `${this.#policyLine}RateLimit: ${items}\r\n`
  }
}
