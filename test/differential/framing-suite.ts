/**
 * Contract: well-formed messages of every framing reach the backend and the client whole, in
 * order and as one message, through each of the proxies alike. What only Switchyard promises
 * (names of fields as written, trailers, interim responses) is asked of it alone.
 */
import { benchOf } from './bench-of-proxies.ts'
import { connections } from './framing/connections.ts'
import { fields } from './framing/fields.ts'
import { interim } from './framing/interim.ts'
import { requestBodies } from './framing/request-bodies.ts'
import { responseBodies } from './framing/response-bodies.ts'
import type { ProxyUnderTest } from './proxy-under-test.ts'

/** The tests of one proxy; to be called inside its suite. */
export function framingSuite(proxy: ProxyUnderTest): void {
  const bench = benchOf(proxy)
  requestBodies(bench, proxy)
  responseBodies(bench, proxy)
  connections(bench)
  fields(bench, proxy)
  interim(bench, proxy)
}
