/** How what the engine and its host report reads in the operator's log. */
import type { HostEvent } from '../../engine-host/engine-host.ts'
import type { EngineEvent, StoreOutcome } from '../../../proxy-core/model/engine-event.ts'
import type { CircuitState } from '../../../proxy-core/model/failover-state.ts'
import { formatDuration } from '../../../proxy-core/model/units.ts'
import { coded, sentence } from './coded-entry.ts'
import type { LogEntry, LogLevel } from './operator-log.ts'

/** null: the run command says it itself, with more. */
export function entryOf(event: HostEvent): LogEntry | null {
  switch (event.kind) {
    case 'engine_event':
      return engineEntry(event.event)
    case 'engine_fault':
      return coded(event.fault.code, event.fault.reason)
    case 'engine_died': {
      const delay = event.restartInMs < 1000 ? 'at once' : `in ${event.restartInMs / 1000} s`
      const message = `${sentence(event.reason)} No traffic is served; it is started again ${delay}.`
      return { level: 'error', message, details: { ...event, code: 'ENGINE_DIED' } }
    }
    case 'engine_restarted':
      return {
        level: 'warning',
        message: `The engine serves again (process ${event.pid}).`,
        details: event
      }
    case 'protocol_violation':
      return coded('PROTOCOL_VIOLATION', event.reason)
    case 'fleet':
    case 'tick':
    case 'traffic':
      // Only a console asks for these, and they are no occurrences.
      return null
  }
}

/** An error in this process that nobody expected. */
export function defectEntry(error: unknown): LogEntry {
  const reason = error instanceof Error ? error.message : String(error)
  const entry = coded('INTERNAL', `The control plane met an unexpected error: ${reason}`)
  const stack = error instanceof Error ? error.stack : undefined
  return { ...entry, details: { ...entry.details, stack } }
}

function engineEntry(event: EngineEvent): LogEntry | null {
  if (event.kind === 'fault') return coded(event.code, event.reason, { event })
  if (event.kind === 'listener') return listenerEntry(event)
  // Refusals come as the outcome of the load, with the lines of the file.
  if (event.kind === 'configuration' && event.outcome === 'refused') return null
  return { level: levelOf(event), message: messageOf(event), details: { event } }
}

type Listener = Extract<EngineEvent, { kind: 'listener' }>

function listenerEntry(event: Listener): LogEntry | null {
  switch (event.outcome) {
    case 'opened':
      // Every load ends with the URLs of what it opened.
      return null
    case 'closed':
      return {
        level: 'info',
        message: `Listener ${event.listener} is closed: ${event.reason}`,
        details: { event }
      }
    case 'certificate_reloaded':
      return {
        level: 'info',
        message: `Listener ${event.listener} has new certificates: ${event.reason}`,
        details: { event }
      }
    case 'failed':
      return coded(event.code ?? 'LISTEN_FAILED', event.reason, { event })
  }
}

type Sentenced = Exclude<EngineEvent, { kind: 'fault' | 'listener' }>

function messageOf(event: Sentenced): string {
  switch (event.kind) {
    case 'backend_health':
      return `Pool ${event.pool}: ${event.backend} is ${event.to}, was ${event.from} (${phrase(event.reason)}).`
    case 'backend_admin':
      return `Pool ${event.pool}: ${event.backend} was set from ${event.from} to ${event.to} (${phrase(event.reason)}).`
    case 'backend_weight':
      return `Pool ${event.pool}: ${event.backend} has weight ${event.to}, had ${event.from} (${phrase(event.reason)}).`
    case 'pool_availability':
      return event.isAvailable
        ? `Pool ${event.pool} serves again (${phrase(event.reason)}).`
        : `Pool ${event.pool} has no backend left, its requests ${event.doRequestsWait ? 'wait' : 'fail'} (${phrase(event.reason)}).`
    case 'failover':
      return failoverMessage(event)
    case 'pool_hold':
      return event.isHeld
        ? `Pool ${event.pool}: an operator lets its requests wait until ${new Date(event.untilMs ?? 0).toISOString()} (${phrase(event.reason)}).`
        : `Pool ${event.pool}: its requests go on (${phrase(event.reason)}).`
    case 'backend_ejection':
      return event.isEjected
        ? `Pool ${event.pool}: ${event.backend} gets no requests for ${formatDuration(event.durationMs)} (${phrase(event.reason)}).`
        : `Pool ${event.pool}: ${event.backend} gets requests again (${phrase(event.reason)}).`
    case 'backend_circuit':
      return `Pool ${event.pool}: the circuit of ${event.backend} is ${circuitWord(event.to)}, was ${circuitWord(event.from)} (${phrase(event.reason)}).`
    case 'configuration':
      return `The configuration is in force: ${phrase(event.reason)}.`
    case 'resolution':
      return event.error === null
        ? `Pool ${event.pool}: ${event.backend} resolves to ${event.addresses.join(', ')}.`
        : `Pool ${event.pool}: the name of ${event.backend} does not resolve (${phrase(event.error)}); ${lastKnown(event.addresses)}.`
    case 'store':
      return storeMessage(event)
  }
}

function levelOf(event: Sentenced): LogLevel {
  switch (event.kind) {
    case 'backend_health':
      return event.to === 'down' ? 'warning' : 'info'
    case 'pool_availability':
      return event.isAvailable ? 'info' : 'error'
    case 'failover':
      return event.to === 'normal' || event.to === 'recovering' ? 'info' : 'warning'
    case 'backend_ejection':
      return event.isEjected ? 'warning' : 'info'
    case 'backend_circuit':
      return event.to === 'open' ? 'warning' : 'info'
    case 'resolution':
      return event.error === null ? 'info' : 'warning'
    case 'store':
      return STORE_LEVELS[event.outcome]
    default:
      return 'info'
  }
}

type Store = Extract<EngineEvent, { kind: 'store' }>

const STORE_LEVELS: Readonly<Record<StoreOutcome, LogLevel>> = {
  dead_letter: 'warning',
  expired: 'warning',
  refusing: 'error',
  accepting: 'info',
  quarantined: 'error',
  repaired: 'warning',
  disk_failed: 'error',
  disk_recovered: 'info'
}

function storeMessage({ outcome, route, count, reason }: Store): string {
  const why = phrase(reason)
  const requests = count === 1 ? 'A stored request' : `${String(count)} stored requests`
  const ofRoute = route === null ? requests : `${requests} of route ${route}`
  const last = count === 1 ? why : `the last one: ${why}`
  switch (outcome) {
    case 'dead_letter':
      return `${ofRoute} cannot be delivered: ${count === 1 ? 'it is a dead letter' : 'they are dead letters'} now (${last}).`
    case 'expired':
      return `${ofRoute} expired before ${count === 1 ? 'it was' : 'they were'} delivered (${last}).`
    case 'refusing':
      return `The buffer takes no requests (${why}).`
    case 'accepting':
      return `The buffer takes requests again (${why}).`
    case 'quarantined':
      return `A stored request is damaged and was set aside (${why}).`
    case 'repaired':
      return `The buffer was not as it was left: ${why}.`
    case 'disk_failed':
      return `The disk of the buffer failed: ${why}.`
    case 'disk_recovered':
      return `The disk of the buffer works again: ${why}.`
  }
}

function failoverMessage(event: Extract<EngineEvent, { kind: 'failover' }>): string {
  const { pool, from, to, fromLevel, toLevel, reason } = event
  const step = from === to ? `is still ${to}` : `is ${to}, was ${from}`
  const traffic =
    fromLevel === toLevel
      ? `traffic stays with ${levelName(toLevel)}`
      : `traffic goes from ${levelName(fromLevel)} to ${levelName(toLevel)}`
  return `Pool ${pool}: the failover ${step}, ${traffic} (${phrase(reason)}).`
}

function levelName(level: number): string {
  return level === 0 ? 'the primaries' : `the backups of level ${level}`
}

function circuitWord(state: CircuitState): string {
  return state === 'half_open' ? 'half open' : state
}

function lastKnown(addresses: readonly string[]): string {
  return addresses.length === 0 ? 'it has no address' : `${addresses.join(', ')} stays in use`
}

/** Reasons come with or without a full stop; inside another sentence they have none. */
function phrase(text: string): string {
  return text.replace(/\.$/, '')
}
