/** Contract: a title says in few words what was lost, and where. */
import { expect, test } from 'vitest'
import type { EventKind } from '../../../preload/contract/console-event.ts'
import { incidentTitle } from './incident-title.ts'

test.each<[EventKind, string | null, string | null, string]>([
  ['backend_down', 'api', 'a:1', 'api: a:1 down'],
  ['admin', 'api', 'a:1', 'api: a:1 down'],
  ['backend_down', 'api', null, 'api: a backend down'],
  ['pool_lost', 'api', null, 'api: no backend left'],
  ['failover', 'api', null, 'api: served by backups'],
  ['errors_high', 'api', null, 'api: many requests fail'],
  ['errors_high', null, null, 'Many requests fail'],
  ['engine', null, null, 'The engine died'],
  ['console', null, null, 'What happened.']
])('%s of %s', (kind, pool, backend, title) => {
  const text = 'What happened.'
  const facts = { seq: 1, atMs: 0, severity: 'info', actor: 'probe', code: null } as const
  expect(incidentTitle({ ...facts, kind, pool, backend, text })).toBe(title)
})
