/**
 * The metric families that `TrafficCounters` fills, once per level. Each level has its
 * own prefix (`switchyard_`, `switchyard_pool_`, `switchyard_listener_`), so that a
 * sum over one name counts every request once.
 */
import { counter, gauge, labelled, latency, type MetricFamily } from './exposition.ts'
import type { TrafficCounters } from './traffic-counters.ts'

export type CountersOf<T> = (subject: T) => TrafficCounters

const RESPONSE_CLASSES = ['other', '1xx', '2xx', '3xx', '4xx', '5xx'] as const

/** What every level counts. `what` names its unit: "Requests" or "Attempts". */
export function trafficFamilies<T>(
  prefix: string,
  what: string,
  of: CountersOf<T>
): readonly MetricFamily<T>[] {
  return [
    counter(`${prefix}requests_total`, `${what} begun.`, (subject) => of(subject).requests),
    labelled('counter', `${prefix}responses_total`, 'Responses by class.', 'class', (subject) =>
      RESPONSE_CLASSES.map((name, index) => [name, of(subject).responses[index]!] as const)
    ),
    gauge(`${prefix}requests_in_flight`, `${what} running now.`, (subject) => of(subject).inFlight),
    counter(
      `${prefix}request_bytes_total`,
      'Bytes from the client towards the backend.',
      (subject) => of(subject).bytesIn
    ),
    counter(
      `${prefix}response_bytes_total`,
      'Bytes from the backend towards the client.',
      (subject) => of(subject).bytesOut
    ),
    counter(
      `${prefix}client_aborts_total`,
      `${what} that the client broke off.`,
      (subject) => of(subject).clientAborts
    )
  ]
}

/** What pools and backends count beside that. */
export function upstreamFamilies<T>(prefix: string, of: CountersOf<T>): readonly MetricFamily<T>[] {
  return [
    counter(
      `${prefix}retries_total`,
      'Attempts repeated on the same or another backend.',
      (subject) => of(subject).retries
    ),
    counter(
      `${prefix}redispatches_total`,
      'Attempts that went to another backend than the first.',
      (subject) => of(subject).redispatches
    ),
    latency(
      `${prefix}request_duration_seconds`,
      'From the request head to the end of the response.',
      (subject) => of(subject).totalMs
    )
  ]
}
