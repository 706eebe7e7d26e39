/**
 * Turns what the engine and its host report into events of the console. The sentences are those
 * of the log, so that both read the same.
 */
import type { EngineEvent, StoreOutcome } from '../../../proxy-core/model/engine-event.ts'
import type { HostEvent } from '../../engine-host/engine-host.ts'
import { entryOf } from '../../cli/run/event-entry.ts'
import { losing, NO_CHANGE, regaining, type CapacityChange } from './capacity.ts'
import type { EventBody } from './event-body.ts'
import type { FleetMemory } from './fleet-memory.ts'

type EngineEventOf<Kind extends EngineEvent['kind']> = Extract<EngineEvent, { kind: Kind }>

const STORE_SEVERITIES: Readonly<Record<StoreOutcome, EventBody['severity']>> = {
  dead_letter: 'warning',
  expired: 'warning',
  refusing: 'critical',
  accepting: 'notice',
  quarantined: 'warning',
  repaired: 'warning',
  disk_failed: 'critical',
  disk_recovered: 'notice'
}

/** null: nothing that anybody has to know. Also notes what it means in `memory`. */
export function eventFrom(event: HostEvent, memory: FleetMemory): EventBody | null {
  switch (event.kind) {
    case 'engine_event':
      return engineBody(event, memory)
    case 'engine_fault':
      return { ...defect(event), code: event.fault.code }
    case 'protocol_violation':
      return { ...defect(event), code: 'PROTOCOL_VIOLATION' }
    case 'engine_died':
      memory.forgetHealth()
      return {
        ...{ kind: 'engine', severity: 'critical', actor: 'engine', text: textOf(event) },
        code: 'ENGINE_DIED',
        capacity: losing({ kind: 'engine' })
      }
    case 'engine_restarted':
      return {
        ...{ kind: 'engine', severity: 'notice', actor: 'engine', text: textOf(event) },
        capacity: regaining({ kind: 'engine' })
      }
    default:
      return null
  }
}

function engineBody(
  host: Extract<HostEvent, { kind: 'engine_event' }>,
  memory: FleetMemory
): EventBody | null {
  const { event } = host
  const body = bodyOf(event, host, memory)
  return body && { atMs: event.atMs, ...body }
}

function bodyOf(event: EngineEvent, host: HostEvent, memory: FleetMemory): EventBody | null {
  switch (event.kind) {
    case 'backend_health':
      return healthBody(event, textOf(host), memory)
    case 'backend_admin':
      return adminBody(event, textOf(host), memory)
    case 'backend_weight':
      memory.note(event.pool, event.backend, { weight: event.to })
      return {
        ...{ kind: 'weight', severity: 'notice', actor: 'operator', text: textOf(host) },
        ...placeOf(event)
      }
    case 'pool_availability':
      return availabilityBody(event, textOf(host), memory)
    case 'failover':
      return failoverBody(event, textOf(host), memory)
    case 'pool_hold':
      return {
        ...{ kind: 'hold', severity: 'notice', actor: 'operator', text: textOf(host) },
        pool: event.pool
      }
    case 'backend_ejection':
      return {
        ...{ kind: 'ejection', actor: 'traffic', text: textOf(host), ...placeOf(event) },
        severity: event.isEjected ? 'warning' : 'notice'
      }
    case 'backend_circuit':
      return {
        ...{ kind: 'circuit', actor: 'traffic', text: textOf(host), ...placeOf(event) },
        severity: event.to === 'open' ? 'warning' : 'notice'
      }
    case 'configuration':
      return configurationBody(event, host)
    case 'listener':
      return listenerBody(event, host)
    case 'resolution':
      return {
        ...{ kind: 'resolution', actor: 'engine', text: textOf(host) },
        severity: event.error === null ? 'info' : 'warning',
        ...placeOf(event)
      }
    case 'store':
      return {
        ...{ kind: 'buffer', actor: 'engine', text: textOf(host) },
        severity: STORE_SEVERITIES[event.outcome]
      }
    case 'fault':
      return { ...defect(host), code: event.code }
  }
}

function healthBody(
  event: EngineEventOf<'backend_health'>,
  text: string,
  memory: FleetMemory
): EventBody | null {
  const { pool, backend, to } = event
  const { admin, isMissed } = memory.backend(pool, backend)
  const capacity = { kind: 'backend', pool, backend } as const
  memory.note(pool, backend, { health: to })
  if (to === 'down') {
    memory.note(pool, backend, { isMissed: true })
    // What the operator has taken out serves nobody: its end takes nothing away.
    const isLoss = admin === 'ready'
    return {
      ...{ kind: 'backend_down', actor: 'probe', text, ...placeOf(event) },
      severity: isLoss ? 'warning' : 'notice',
      capacity: isLoss ? losing(capacity) : NO_CHANGE
    }
  }
  // The first word about a backend at a start is no news, nor is the pause of its probes.
  const isNews = to !== 'unknown' && (isMissed || event.from !== 'unknown')
  if (to !== 'unknown') memory.note(pool, backend, { isMissed: false })
  return isNews
    ? {
        ...{ kind: 'backend_up', actor: 'probe', text, ...placeOf(event) },
        severity: isMissed ? 'notice' : 'info',
        capacity: regaining(capacity)
      }
    : null
}

function adminBody(
  event: EngineEventOf<'backend_admin'>,
  text: string,
  memory: FleetMemory
): EventBody | null {
  const { pool, backend, to } = event
  const before = memory.backend(pool, backend)
  // An engine that starts anew reports the states that it has kept.
  if (before.admin === to) return null
  const isMissed = before.isMissed || to !== 'ready'
  memory.note(pool, backend, { admin: to, isMissed })
  return {
    ...{ kind: 'admin', severity: 'notice', actor: 'operator', text, ...placeOf(event) },
    capacity: adminChange(event, before.health === 'down')
  }
}

/** Taken out, it is no longer missed; wanted again while it is down, it is. */
function adminChange(event: EngineEventOf<'backend_admin'>, isDown: boolean): CapacityChange {
  const capacity = { kind: 'backend', pool: event.pool, backend: event.backend } as const
  if (event.to !== 'ready') return regaining(capacity)
  return isDown ? losing(capacity) : NO_CHANGE
}

function availabilityBody(
  event: EngineEventOf<'pool_availability'>,
  text: string,
  memory: FleetMemory
): EventBody {
  const { pool, isAvailable } = event
  const capacity = { kind: 'pool', pool } as const
  if (isAvailable) {
    return {
      ...{ kind: 'pool_back', severity: 'notice', actor: 'probe', text, pool },
      capacity: regaining(capacity)
    }
  }
  const isLoss = memory.isWorldsDoing(pool)
  return {
    ...{ kind: 'pool_lost', severity: 'critical', text, pool },
    actor: isLoss ? 'probe' : 'operator',
    capacity: isLoss ? losing(capacity) : NO_CHANGE
  }
}

function failoverBody(
  event: EngineEventOf<'failover'>,
  text: string,
  memory: FleetMemory
): EventBody {
  const { pool, to, fromLevel, toLevel, isManual } = event
  const capacity = { kind: 'primaries', pool } as const
  const isAway = toLevel > fromLevel
  const isLoss = isAway && !isManual && memory.isWorldsDoing(pool, toLevel)
  // Where the share of the primaries only begins to grow, they are not back yet.
  const isBack = toLevel === 0 && to !== 'recovering' && to !== 'switching' && to !== 'pending'
  return {
    ...{ kind: 'failover', text, pool },
    severity: to === 'normal' || to === 'recovering' ? 'notice' : 'warning',
    actor: isManual || (isAway && !isLoss) ? 'operator' : 'probe',
    capacity: isBack ? regaining(capacity) : isLoss ? losing(capacity) : NO_CHANGE
  }
}

function configurationBody(event: EngineEventOf<'configuration'>, host: HostEvent): EventBody {
  const { outcome, code, reason } = event
  if (outcome === 'loaded') {
    return { kind: 'config', severity: 'info', actor: 'engine', text: textOf(host), code }
  }
  const text = `The configuration was refused, what ran before stays: ${reason}`
  return { kind: 'config', severity: 'warning', actor: 'engine', text, code }
}

function listenerBody(event: EngineEventOf<'listener'>, host: HostEvent): EventBody {
  const { listener, outcome, code, reason } = event
  const text = outcome === 'opened' ? `Listener ${listener} is open: ${reason}` : textOf(host)
  const severity = outcome === 'failed' ? 'critical' : 'info'
  return { kind: 'listener', severity, actor: 'engine', text, code }
}

/** Went wrong, but did not stop the engine. */
function defect(event: HostEvent): EventBody {
  return { kind: 'fault', severity: 'warning', actor: 'engine', text: textOf(event) }
}

function placeOf({ pool, backend }: { readonly pool: string; readonly backend: string }): {
  pool: string
  backend: string
} {
  return { pool, backend }
}

/** Every kind that is asked for here has an entry in the log. */
function textOf(event: HostEvent): string {
  return entryOf(event)?.message ?? event.kind
}
