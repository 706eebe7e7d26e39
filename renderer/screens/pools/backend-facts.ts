/**
 * The three facts about a backend that must never be one word: whether its configuration is
 * valid, what the checks say, and whether requests reach it.
 */
import type { LiveBackend } from '../../../preload/contract/live-state.ts'
import type { StatusTone } from '../../ui/status-tone.ts'
import { errorShare, type TrafficRates } from '../../../proxy-core/model/traffic-row.ts'
import { formatRate, formatShare, quantityText } from '../../ui/format.ts'

export interface Fact {
  readonly title: 'Config' | 'Health' | 'Traffic'
  /** "Valid", "Failing 2/3", "12 req/s". */
  readonly word: string
  readonly tone: StatusTone
  /** A sentence. */
  readonly detail: string
}

export function factsOf(
  backend: LiveBackend,
  rates: TrafficRates | null,
  configurationError: string | null
): readonly Fact[] {
  return [configFact(backend, configurationError), healthFact(backend), trafficFact(backend, rates)]
}

function configFact(backend: LiveBackend, configurationError: string | null): Fact {
  const { resolutionError } = backend
  if (resolutionError !== null) {
    return { title: 'Config', word: 'Name unresolved', tone: 'down', detail: resolutionError }
  }
  if (configurationError !== null) {
    const detail = `The file on disk was refused; the version before it runs. ${configurationError}`
    return { title: 'Config', word: 'Older version', tone: 'warn', detail }
  }
  return {
    title: 'Config',
    word: 'Valid',
    tone: 'ok',
    detail: 'The engine runs the file as it is.'
  }
}

const TONE_OF = { healthy: 'ok', changing: 'warn', down: 'down', unknown: 'unknown' } as const

function healthFact(backend: LiveBackend): Fact {
  const { statusWord: word, status, hasHealthCheck } = backend
  const detail = hasHealthCheck
    ? backend.healthReason
    : 'No health check is configured, so only traffic can tell.'
  return { title: 'Health', word, tone: TONE_OF[status], detail }
}

function trafficFact(backend: LiveBackend, rates: TrafficRates | null): Fact {
  if (rates === null) {
    const detail = 'The engine has told no numbers yet.'
    return { title: 'Traffic', word: 'Unknown', tone: 'unknown', detail }
  }
  const word = quantityText(formatRate(rates.rps))
  if (rates.rps < 0.05) return { title: 'Traffic', word, tone: 'idle', detail: whyIdle(backend) }
  const share = errorShare(rates)
  const detail = `${quantityText(formatShare(share))} of its requests end badly.`
  return {
    title: 'Traffic',
    word,
    tone: share >= 0.05 ? 'down' : share > 0 ? 'warn' : 'ok',
    detail
  }
}

function whyIdle(backend: LiveBackend): string {
  if (backend.adminState === 'maint') return 'It is in maintenance, so nothing is sent to it.'
  if (backend.adminState === 'drain') return 'It drains, so nothing new is sent to it.'
  if (!backend.isEligible) return 'It is not eligible, so nothing is sent to it.'
  if (backend.weight === 0) return 'Its weight is 0, so nothing new is sent to it.'
  if (backend.passedOverFor !== null)
    return `Backends in ${backend.passedOverFor}, which its pool prefers, serve.`
  if (backend.level > 0) return 'It stands by for a level that serves.'
  return 'It could serve, but no requests come.'
}
