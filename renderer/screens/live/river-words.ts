/** What stands on a node of the river, and what is read out for it. */
import type { LiveBackend, LiveFleet, LivePool } from '../../../preload/contract/live-state.ts'
import type { BackendStatus, ServiceStatus } from '../../../preload/contract/status.ts'
import type { DemoState } from '../../../preload/contract/workspace-state.ts'
import type { AdminState } from '../../../proxy-core/model/states.ts'
import { errorShare, type TrafficRates } from '../../../proxy-core/model/traffic-row.ts'
import { formatDuration } from '../../ui/duration.ts'
import { formatRate, formatShare, quantityText } from '../../ui/format.ts'
import { isProblem } from '../../ui/status-tone.ts'
import { backendName } from './backend-name.ts'
import type { RiverThing } from './river-layout.ts'

export interface NodeWords {
  readonly title: string
  readonly detail: string
  readonly status: BackendStatus | ServiceStatus
  readonly statusWord: string
  readonly adminState: AdminState
  readonly isStandby: boolean
  /** How long it is in this state; empty where nobody notes it. */
  readonly since: string
  /** Address of a listener, ways into a pool, level of a standby. */
  readonly place: string
  /** What is not visible beside title and detail: read out after them. */
  readonly spoken: string
  readonly isProblem: boolean
}

export interface WordSources {
  readonly fleet: LiveFleet
  readonly demo: DemoState | null
  readonly nowMs: number
  /** null before the first numbers. */
  rates(thing: RiverThing): TrafficRates | null
}

/** null where the fleet no longer has it. */
export function nodeWords(thing: RiverThing, sources: WordSources): NodeWords | null {
  const { fleet } = sources
  if (thing.kind === 'listener') {
    const listener = fleet.listeners.find(({ name }) => name === thing.listener)
    return listener === undefined ? null : listenerWords(listener, sources)
  }
  const pool = fleet.pools.find(({ name }) => name === thing.pool)
  if (pool === undefined) return null
  if (thing.kind === 'pool') return poolWords(pool, sources)
  const backend = pool.backends.find(({ address }) => address === thing.backend)
  return backend === undefined ? null : backendWords(pool, backend, sources)
}

function listenerWords(listener: LiveFleet['listeners'][number], sources: WordSources): NodeWords {
  const { name, address, scheme, isOpen } = listener
  const status = isOpen ? 'serving' : 'down'
  const statusWord = isOpen ? 'Open' : 'Closed'
  const numbers = trafficSentence(sources.rates({ kind: 'listener', listener: name }))
  return {
    title: name,
    detail: isOpen ? (scheme === 'https' ? `${address} TLS` : address) : `Closed · ${address}`,
    status,
    statusWord,
    adminState: 'ready',
    isStandby: false,
    since: '',
    place: address,
    spoken: `Listener, ${statusWord}. ${numbers}`,
    isProblem: !isOpen
  }
}

function poolWords(pool: LivePool, sources: WordSources): NodeWords {
  const numbers = trafficSentence(sources.rates({ kind: 'pool', pool: pool.name }))
  const hasProblem = isProblem(pool.status)
  return {
    title: pool.name,
    detail: hasProblem ? pool.statusWord : routesText(sources.fleet, pool.name),
    status: pool.status,
    statusWord: pool.statusWord,
    adminState: 'ready',
    isStandby: false,
    since: '',
    place: routesText(sources.fleet, pool.name),
    spoken: `Pool, ${pool.statusWord}. ${pool.statusReason} ${numbers}`,
    isProblem: hasProblem
  }
}

function backendWords(pool: LivePool, backend: LiveBackend, sources: WordSources): NodeWords {
  const name = backendName(backend.address, sources.demo)
  const since = formatDuration(sources.nowMs - backend.changedAtMs)
  const role = backend.level > 0 ? `, standby level ${backend.level}` : ''
  const thing: RiverThing = { kind: 'backend', pool: pool.name, backend: backend.address }
  const numbers = trafficSentence(sources.rates(thing))
  const state = backend.adminState === 'ready' ? `${backend.statusWord} · ${since}` : since
  const isInactive = backend.level > 0 && pool.activeLevel !== backend.level
  return {
    title: name,
    detail: isInactive && !isProblem(backend.status) ? `L${backend.level} · ${state}` : state,
    status: backend.status,
    statusWord: backend.statusWord,
    adminState: backend.adminState,
    isStandby: backend.level > 0,
    since,
    place: backend.level > 0 ? `Level ${backend.level}` : '',
    spoken:
      `Backend of ${pool.name}${role}, ${backend.statusWord}${ADMIN[backend.adminState]}.` +
      ` ${numbers}`,
    isProblem: isProblem(backend.status)
  }
}

const ADMIN = { ready: '', drain: ', draining', maint: ', in maintenance' } as const

/** "/api · www.example.test +1": the first two ways into a pool, in the order of the file. */
export function routesText(fleet: Pick<LiveFleet, 'routes'>, pool: string): string {
  const ways = fleet.routes
    .filter((route) => route.pool === pool)
    .map(({ host, pathPrefix }) => (host === null ? pathPrefix : `${host}${trimmed(pathPrefix)}`))
  if (ways.length === 0) return 'No route leads here'
  const more = ways.length - 2
  return [ways.slice(0, 2).join(' · '), ...(more > 0 ? [`+${more}`] : [])].join(' ')
}

function trimmed(pathPrefix: string): string {
  return pathPrefix === '/' ? '' : pathPrefix
}

/** "50.2 req/s, 0.02 % errors." */
export function trafficSentence(rates: TrafficRates | null): string {
  if (rates === null) return 'No numbers yet.'
  const errors = quantityText(formatShare(errorShare(rates)))
  return `${quantityText(formatRate(rates.rps))}, ${errors} errors.`
}
