/** An access record for tests, with every field of a plain request unless told otherwise. */
import type { AccessRecord } from '../access-record.ts'

type RecordValues = Omit<AccessRecord, 'requestField'> & {
  /** Request fields by lower-case name. */
  readonly fields: Readonly<Record<string, string>>
}

export function recordDouble(changes: Partial<RecordValues> = {}): AccessRecord {
  const { fields, ...values }: RecordValues = {
    listener: 'web',
    route: 'routes[0]',
    pool: 'api',
    backend: '10.0.0.1:80',
    clientAddress: '192.0.2.7',
    // 2026-01-02T03:04:05.678Z
    startedAtMs: 1_767_323_045_678,
    durationMs: 12.3456,
    responseHeadMs: 10.5,
    method: 'GET',
    target: '/items?id=1',
    protocolVersion: '1.1',
    status: 200,
    requestBytes: 0,
    responseBytes: 512,
    attempts: 1,
    requestId: 'r-1',
    termination: '',
    fields: { host: 'example.test', referer: 'https://example.test/', 'user-agent': 'curl/8' },
    ...changes
  }
  return { ...values, requestField: (name) => fields[name] }
}
