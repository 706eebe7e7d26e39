/** Contract: the skeleton has every fact of the history, and no text of an event is mark-up. */
import { expect, test } from 'vitest'
import type { ConsoleEvent } from '../../../preload/contract/console-event.ts'
import { postMortem, type PostMortemFacts } from './post-mortem.ts'

const openedAtMs = Date.UTC(2026, 10, 21, 2, 14, 7)

const event: ConsoleEvent = {
  ...{ seq: 4, atMs: openedAtMs, kind: 'backend_down', severity: 'warning', actor: 'probe' },
  ...{ text: 'Pool api: a:1 is down.', pool: 'api', backend: 'a:1', code: null, incidentId: 3 },
  offer: null
}

const facts: PostMortemFacts = {
  incident: {
    ...{ id: 3, title: 'api: a:1 down', openedAtMs, closedAtMs: openedAtMs + 252_000 },
    ...{ severity: 'critical', pools: ['api', 'web'], eventCount: 1, notes: '' }
  },
  events: [event],
  actions: [],
  nowMs: openedAtMs + 9_000_000
}

test('a closed incident', () => {
  expect(postMortem(facts)).toEqual({
    fileName: 'incident-3-2026-11-21.md',
    markdown: `# Incident 3: api: a:1 down

|  |  |
| --- | --- |
| Opened | 2026-11-21T02:14:07.000Z |
| Over | 2026-11-21T02:18:19.000Z |
| Duration | 4m 12s |
| Severity | critical |
| Pools | api, web |
| Events | 1 |

## Time line

| Time | Severity | Seen by | What |
| --- | --- | --- | --- |
| 2026-11-21T02:14:07.000Z | warning | probe | Pool api: a:1 is down. |

## What operators did

No operator changed anything through this console.

## Notes

No notes were taken.

## What users noticed

## Why it happened

## What helped, and what was in the way

## What will be changed, by whom and by when
`
  })
})

test('an open incident lasts until now', () => {
  const incident = { ...facts.incident, closedAtMs: null }
  const { markdown } = postMortem({ ...facts, incident })
  expect(markdown).toContain('| Over | it lasts |')
  expect(markdown).toContain('| Duration | 2h 30m 0s |')
})

test('an end at once took 0s', () => {
  const incident = { ...facts.incident, closedAtMs: openedAtMs }
  expect(postMortem({ ...facts, incident }).markdown).toContain('| Duration | 0s |')
})

test('the actions of operators and their notes are in it', () => {
  const action = {
    ...{ id: 1, atMs: openedAtMs + 1000, actor: 'operator (browser)', action: 'Drain a:1 in api' },
    ...{ reason: 'disk', outcome: 'done' }
  }
  const incident = { ...facts.incident, notes: '\nIt was the **disk**.\n' }
  const { markdown } = postMortem({ ...facts, incident, actions: [action] })
  expect(markdown).toContain(
    '| 2026-11-21T02:14:08.000Z | operator (browser) | Drain a:1 in api | disk | done |'
  )
  expect(markdown).toContain('## Notes\n\nIt was the **disk**.\n\n')
})

test('bars, tags and line breaks of an event stay inside its cell', () => {
  const text = 'It said\n<script>| a \\ b'
  const { markdown } = postMortem({ ...facts, events: [{ ...event, text }] })
  expect(markdown).toContain('| It said \\<script\\>\\| a \\\\ b |')
})

test('events that are not listed are counted', () => {
  const incident = { ...facts.incident, eventCount: 1201 }
  expect(postMortem({ ...facts, incident }).markdown).toContain(
    '1200 further events are not listed: too many, or no longer kept.'
  )
})
