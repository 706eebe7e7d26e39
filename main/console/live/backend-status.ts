/**
 * One backend in the words of the console. The word and the glyph say what probes and names say;
 * what an operator did stays an axis of its own and enters the sentence only.
 */
import type { FleetBackend, HealthProgress } from '../../../proxy-core/model/engine-telemetry.ts'
import type { BackendStatus } from '../../../preload/contract/status.ts'
import { sentence } from './wording.ts'

export interface BackendFacts {
  readonly backend: FleetBackend
  /** null: not known yet. */
  readonly progress: HealthProgress | null
  /** The level of its pool that serves: 0 = primary; -1 = none. */
  readonly activeLevel: number
  /** No engine runs: these facts are of its last life. */
  readonly isStale: boolean
}

export interface BackendJudgement {
  readonly status: BackendStatus
  /** "Healthy", "Failing 2/3", "Down", "No checks". */
  readonly statusWord: string
  readonly statusReason: string
}

interface Finding {
  readonly status: BackendStatus
  readonly word: string
  readonly reason: string
}

export function judgeBackend(facts: BackendFacts): BackendJudgement {
  const { status, word, reason } = operational(facts)
  const sentences = [reason, administrative(facts.backend), role(facts)]
  return {
    status,
    statusWord: word,
    statusReason: sentences.filter((part) => part !== '').join(' ')
  }
}

/** New requests can go to it now. */
export function canServe(backend: Pick<FleetBackend, 'isEligible' | 'weight'>): boolean {
  return backend.isEligible && backend.weight > 0
}

function operational(facts: BackendFacts): Finding {
  const { backend, isStale } = facts
  if (isStale) return unknown('Unknown', 'No engine runs that could know its state.')
  if (backend.adminState === 'maint') {
    return unknown('Not checked', `Probes rest during maintenance; before, ${wasBefore(backend)}.`)
  }
  switch (backend.health) {
    case 'up':
      return whileUp(facts)
    case 'slow_start':
      return warming(facts)
    case 'down':
      return whileDown(facts)
    case 'unknown':
      return whileUnknown(facts)
  }
}

function whileUp({ backend, progress }: BackendFacts): Finding {
  const observed = byTraffic(backend)
  if (observed !== null) return observed
  if (backend.resolutionError !== null) {
    const reason = `Its name does not resolve: ${sentence(backend.resolutionError)}`
    return changing('DNS error', `${reason} Its last known addresses are used.`)
  }
  if (!backend.hasHealthCheck) {
    return unknown('No checks', 'No health check is configured, so it counts as healthy.')
  }
  if (progress?.direction === 'failing' && progress.done > 0) return failing(progress)
  return {
    status: 'healthy',
    word: 'Healthy',
    reason: sentence(`Healthy: ${backend.healthReason}`)
  }
}

/** What its answers to requests say, where that is worse than what its probes say. */
function byTraffic({ ejection, circuit }: FleetBackend): Finding | null {
  if (circuit === 'open') {
    return {
      status: 'down',
      word: 'Circuit open',
      reason:
        'Its circuit is open: requests to it kept failing, and none are sent until it is tried again.'
    }
  }
  if (circuit === 'half_open') {
    return changing(
      'Trying',
      'Its circuit is half open: single requests try whether it answers again.'
    )
  }
  if (ejection === null) return null
  return changing('Ejected', sentence(`It is out of the rotation for a while: ${ejection.reason}`))
}

/** It serves, so a failing probe goes first: that may end it. */
function warming({ backend, progress }: BackendFacts): Finding {
  const observed = byTraffic(backend)
  if (observed !== null) return observed
  if (progress?.direction === 'failing' && progress.done > 0) return failing(progress)
  const share = `${Math.round(backend.warmth * 100)} %`
  const reason = `It has come back and takes up its share of requests slowly: ${share} of its weight and its slots by now.`
  return changing(`Warming ${share}`, reason)
}

function failing({ done, needed }: HealthProgress): Finding {
  const reason = `It serves, but failed ${done} of the ${needed} probes in a row that take it down.`
  return changing(`Failing ${done}/${needed}`, reason)
}

function whileDown({ backend, progress }: BackendFacts): Finding {
  if (progress?.direction === 'passing' && progress.done > 0) {
    const { done, needed } = progress
    const reason = `It is down, but passed ${done} of the ${needed} probes in a row that bring it back.`
    return changing(`Recovering ${done}/${needed}`, reason)
  }
  const reason = backend.resolutionError ?? backend.healthReason
  const word = backend.resolutionError === null ? 'Down' : 'DNS error'
  return { status: 'down', word, reason: sentence(`Down: ${reason}`) }
}

function whileUnknown({ backend }: BackendFacts): Finding {
  if (backend.resolutionError !== null) {
    return unknown('DNS error', `Its name does not resolve: ${sentence(backend.resolutionError)}`)
  }
  return unknown(
    'Unknown',
    sentence(`It needs a passed probe before traffic: ${backend.healthReason}`)
  )
}

function administrative({ adminState, adminReason }: FleetBackend): string {
  const because = adminReason === '' || adminReason === 'configured' ? '' : ` (${adminReason})`
  switch (adminState) {
    case 'ready':
      return ''
    case 'drain':
      return `An operator drains it${because}: it gets no new requests, running ones finish.`
    case 'maint':
      return `An operator took it into maintenance${because}: it gets no requests.`
  }
}

function role({ backend, activeLevel, isStale }: BackendFacts): string {
  if (backend.isEligible && backend.weight === 0) return 'Its weight is 0, so it gets no requests.'
  if (isStale) return ''
  if (backend.passedOverFor !== null) {
    return `It waits while a backend in ${backend.passedOverFor}, which its pool prefers, can serve its level.`
  }
  if (backend.level === 0) return ''
  const name = `It is backup level ${backend.level}`
  if (backend.level === activeLevel)
    return `${name} and serves now, because no level before it can.`
  return `${name} and waits until no level before it can serve.`
}

function wasBefore({ health, hasHealthCheck }: FleetBackend): string {
  if (!hasHealthCheck) return 'it had no health check'
  if (health === 'unknown') return 'nothing was known of it'
  return health === 'down' ? 'it was down' : 'it was healthy'
}

function changing(word: string, reason: string): Finding {
  return { status: 'changing', word, reason }
}

function unknown(word: string, reason: string): Finding {
  return { status: 'unknown', word, reason }
}
