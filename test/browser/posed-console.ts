/**
 * A console that stands still: one fleet, one set of numbers, one moment. What two hosts, two
 * themes or two builds make of it can be compared to the letter.
 */
import type { ConsoleEvent } from '../../preload/contract/console-event.ts'
import type { LivePool } from '../../preload/contract/live-state.ts'
import { METHODS, type MethodName } from '../../preload/contract/methods.ts'
import type { TopicName, TopicPayload } from '../../preload/contract/topics.ts'
import { TOPICS } from '../../preload/contract/topics.ts'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import { seriesColumns, type Series } from '../../proxy-core/model/series.ts'
import type { Console } from '../../main/console/console.ts'
import type { MethodHandlers } from '../../main/contract/method-handlers.ts'
import type { TopicSources } from '../../main/contract/topic-sources.ts'
import { DEFAULT_PREFERENCES } from '../../renderer/state/default-preferences.ts'
import {
  A_HOLD,
  aBackend,
  aFleet,
  anEvent,
  aPool,
  aProbe,
  aRow,
  aVerdict,
  aWorkspace,
  someNumbers,
  someWaiting
} from '../../renderer/testing/live-payloads.ts'
import { NOW_MS } from '../../renderer/testing/manual-page.ts'

/** The moment of the pose, for the page's clock. */
export const POSED_AT_MS = NOW_MS

const MINUTE_MS = 60_000

const API = aPool('api', [
  aBackend('10.0.0.1:80'),
  aBackend('10.0.0.2:80', {
    health: 'down',
    isEligible: false,
    status: 'down',
    statusWord: 'Down',
    statusReason: '3 of 3 probes failed; GET /health answered 503.',
    changedAtMs: NOW_MS - 4 * MINUTE_MS
  }),
  aBackend('10.0.0.3:80', {
    adminState: 'drain',
    adminReason: 'operator: deploy',
    isEligible: false,
    adminUntilMs: NOW_MS + 10 * MINUTE_MS
  }),
  aBackend('10.9.0.1:80', { level: 1, region: 'us-west' })
])

/** An operator lets its requests wait. */
const WEB: LivePool = {
  ...aPool('web', [aBackend('10.1.0.1:80', { hasHealthCheck: false })]),
  ...{ status: 'degraded', statusWord: 'Held by an operator' },
  statusReason: 'An operator holds its requests until 02:20: new kernel.',
  hold: { ...A_HOLD, operator: { untilMs: NOW_MS + 2 * MINUTE_MS, reason: 'ana: new kernel' } }
}

const VERDICT = aVerdict({
  status: 'degraded',
  sentence: 'Serving. 1 of 3 backends healthy; 10.0.0.2:80 is down since 02:14 (4 m).',
  short: 'api 1/3',
  servingBackends: 1,
  totalBackends: 3
})

const FLEET = aFleet({
  verdict: VERDICT,
  pools: [API, WEB],
  routes: [],
  probes: [aProbe('10.0.0.1:80'), aProbe('10.0.0.2:80')]
})

const busy = (rps: number): ReturnType<typeof aRow> =>
  aRow({ rps, inFlight: 3, p50Ms: 12, p95Ms: 84, p99Ms: 120 })

const NUMBERS = someNumbers({
  total: busy(1240),
  listeners: [busy(1240)],
  pools: [
    {
      ...{ row: busy(1200), hold: null },
      backends: [busy(1200), aRow(), aRow({ inFlight: 2 }), aRow()]
    },
    {
      ...{ row: busy(40), backends: [busy(40)] },
      hold: someWaiting({ outlook: { kind: 'operator' } })
    }
  ]
})

const EVENTS: readonly ConsoleEvent[] = [
  anEvent(1, { atMs: NOW_MS - 30 * MINUTE_MS, kind: 'config', severity: 'info', text: 'Applied.' }),
  anEvent(2, { atMs: NOW_MS - 4 * MINUTE_MS, text: 'api: 10.0.0.2:80 is down, was up.' })
]

const PAYLOADS: { readonly [Name in TopicName]?: TopicPayload<Name> } = {
  fleet: FLEET,
  numbers: NUMBERS,
  verdict: VERDICT,
  workspace: aWorkspace(),
  preferences: DEFAULT_PREFERENCES,
  incidents: { open: [], recent: [] },
  events: { events: [...EVENTS], gap: null }
}

const POINTS = Array.from({ length: 60 }, (_, at) => NOW_MS - (60 - at) * 1000)

const SERIES: Series = {
  stepMs: 1000,
  atMs: POINTS,
  ...seriesColumns((name) => POINTS.map(() => (name === 'ok2xx' ? 1240 : 3)))
}

export function posedConsole(): Promise<Console> {
  return Promise.resolve({
    handlers: handlers(),
    topics: topics(),
    verdict: { current: VERDICT, onChange: () => () => {} },
    stop: () => Promise.resolve('The pose is over.'),
    cut: () => {},
    stopSentence: () => 'Quit'
  })
}

function topics(): TopicSources {
  const names = Object.keys(TOPICS) as TopicName[]
  const entries = names.map((name) => {
    const open = (_args: unknown, push: (payload: unknown) => void): (() => void) => {
      const payload = PAYLOADS[name]
      if (payload !== undefined) push(TOPICS[name].payload.parse(payload))
      return () => {}
    }
    return [name, { open }] as const
  })
  return Object.fromEntries(entries) as unknown as TopicSources
}

function handlers(): MethodHandlers {
  const names = Object.keys(METHODS) as MethodName[]
  const refused = (name: MethodName) => (): never => {
    throw new SwitchyardError('ABILITY_MISSING', `The pose does not answer ${name}.`)
  }
  return {
    ...(Object.fromEntries(
      names.map((name) => [name, refused(name)])
    ) as unknown as MethodHandlers),
    'series.read': () => SERIES,
    'host.offerActions': () => ({})
  }
}
