/** Finished requests for tests; what a test is about is given, the rest is ordinary. */
import type { Attempt, TrafficSample } from '../../../../proxy-core/model/traffic-sample.ts'

/** 02:14:09.123 UTC. */
export const SAMPLED_AT_MS = Date.UTC(2026, 10, 21, 2, 14, 9, 123)

export function anAttempt(given: Partial<Attempt> = {}): Attempt {
  return {
    backend: '10.0.0.1:80',
    startedMs: 0.1,
    queueMs: 0,
    connectMs: 0.4,
    firstByteMs: 8,
    transferMs: 1,
    status: 200,
    failure: null,
    ...given
  }
}

export function aSample(given: Partial<TrafficSample> = {}): TrafficSample {
  return {
    seq: 1,
    atMs: SAMPLED_AT_MS,
    listener: 'web',
    pool: 'api',
    backend: '10.0.0.1:80',
    method: 'GET',
    target: '/orders/42?full=1',
    host: 'shop.example.test',
    clientAddress: '127.0.0.1',
    requestId: '7f3a9c',
    status: 200,
    durationMs: 9.5,
    requestBytes: 0,
    responseBytes: 512,
    termination: '',
    keptBecause: 'sample',
    attempts: [anAttempt()],
    requestFields: [['accept', 'application/json']],
    why: null,
    ...given
  }
}
