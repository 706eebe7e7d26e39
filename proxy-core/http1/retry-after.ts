/** The Retry-After field of a response: RFC 9110 section 10.2.3. */

const SECONDS = /^\d{1,9}$/

/** Milliseconds to wait; 0 when the value says nothing that can be understood. */
export function retryAfterMs(value: string, wallNowMs: number): number {
  if (SECONDS.test(value)) return Number(value) * 1000
  const atMs = Date.parse(value)
  return Number.isNaN(atMs) ? 0 : Math.max(0, atMs - wallNowMs)
}
