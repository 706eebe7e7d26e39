/** One limit at work: its buckets, and what became of those who asked. */
import type { RateLimitSettings } from '../model/settings.ts'
import { BucketTable, MAX_KEYS } from './bucket-table.ts'
import { TokenBucket } from './token-bucket.ts'

const NS_PER_S = 1e9

export class RateLimit {
  /** The route that the limit stands at. */
  readonly route: string
  readonly bucket: TokenBucket
  readonly table: BucketTable
  readonly settings: RateLimitSettings
  /** Requests that this limit refused. */
  refused = 0

  constructor(route: string, settings: RateLimitSettings, capacity = MAX_KEYS) {
    this.route = route
    this.settings = settings
    this.bucket = new TokenBucket(settings.requests, settings.perMs, settings.burst)
    this.table = new BucketTable(this.bucket, capacity)
  }

  get name(): string {
    return this.settings.name
  }
  get keys(): number {
    return this.table.size
  }
  get takenOver(): number {
    return this.table.takenOver
  }

  /** Whole seconds after which a request passes that `waitNs` makes wait. */
  static retryAfterS(waitNs: number): number {
    return Math.ceil(waitNs / NS_PER_S)
  }

  /** This limit as an item of RateLimit-Policy. */
  get policyItem(): string {
    const { name, requests, perMs, burst } = this.settings
    const more = burst === requests ? '' : `;switchyard-burst=${burst}`
    return `"${name}";q=${requests};w=${Math.ceil(perMs / 1000)}${more}`
  }

  /**
   * This limit as an item of RateLimit. `t` is the time in which what is available comes back: who
   * spreads `r` requests over `t` seconds keeps to the rate. With nothing left it is the time until
   * there is something.
   */
  stateItem(found: number, nowNs: number): string {
    const available = this.table.tokens(found, nowNs)
    const seconds =
      available === 0
        ? RateLimit.retryAfterS(this.table.waitNs(found, nowNs))
        : Math.ceil((available * this.bucket.intervalNs) / NS_PER_S)
    return `"${this.settings.name}";r=${available};t=${seconds}`
  }
}
