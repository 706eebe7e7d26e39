/** What each kind of engine event means for whoever is told: one row of a table per kind. */
import type { EngineEvent } from '../../proxy-core/model/engine-event.ts'
import type { Occurrence, Trouble } from './occurrence.ts'

type EventOf<Kind extends EngineEvent['kind']> = Extract<EngineEvent, { kind: Kind }>

export interface Draft extends Omit<Occurrence, 'atMs' | 'text'> {
  /** No news where what it ends was not wrong: the first word about a backend at a start. */
  readonly isOnlyEnd?: boolean
}

const OF_ENGINE = { pool: null, backend: null } as const
const NOTHING = { begins: null, ends: [] } as const
const LEVEL: Trouble = { key: 'level', occasion: 'failover' }

/** `isMissed`: the backend is down and no operator has taken it out. null: nobody is told. */
export function draftOf(
  event: EngineEvent | { readonly kind: 'fault' },
  isMissed = false
): Draft | null {
  switch (event.kind) {
    case 'backend_health':
      return health(event, isMissed)
    case 'backend_admin':
      return admin(event, isMissed)
    case 'backend_weight':
      return {
        ...{ ...NOTHING, ...placeOf(event), occasion: 'weight', severity: 'notice' },
        headline: `${event.backend} has weight ${event.to}`
      }
    case 'pool_availability':
      return availability(event)
    case 'failover':
      return failover(event)
    case 'pool_hold':
      return {
        ...{ ...NOTHING, pool: event.pool, backend: null, occasion: 'hold', severity: 'notice' },
        headline: event.isHeld ? 'its requests wait, held by an operator' : 'its requests go on'
      }
    case 'backend_ejection':
      return ejection(event)
    case 'backend_circuit':
      return circuit(event)
    case 'resolution':
      return resolution(event)
    case 'listener':
      return listener(event)
    case 'configuration':
      return configuration(event)
    case 'store':
      return store(event)
    case 'fault':
      return {
        ...{ ...NOTHING, ...OF_ENGINE, occasion: 'fault', severity: 'warning' },
        headline: 'something went wrong, and the engine goes on'
      }
  }
}

function health(event: EventOf<'backend_health'>, isMissed: boolean): Draft {
  const { backend, to } = event
  const { key } = downOf(backend)
  if (to === 'down') {
    return {
      ...{ ...placeOf(event), occasion: 'backend_down', headline: `${backend} is down` },
      severity: isMissed ? 'warning' : 'notice',
      ...{ begins: isMissed ? downOf(backend) : null, ends: [] }
    }
  }
  return {
    ...{ ...placeOf(event), occasion: 'backend_up', headline: `${backend} is up` },
    // The pause of its probes is no sign of health.
    ...{ severity: 'notice', begins: null, ends: to === 'unknown' ? [] : [key], isOnlyEnd: true }
  }
}

/** Taken out, it is no longer missed; wanted again while it is down, it is. */
function admin(event: EventOf<'backend_admin'>, isMissed: boolean): Draft {
  const trouble = downOf(event.backend)
  return {
    ...{ ...placeOf(event), occasion: 'admin', severity: 'notice' },
    headline: `${event.backend} was set to ${event.to}`,
    ...{ begins: isMissed ? trouble : null, ends: isMissed ? [] : [trouble.key] }
  }
}

function availability({ pool, isAvailable, doRequestsWait }: EventOf<'pool_availability'>): Draft {
  const trouble: Trouble = { key: 'pool', occasion: 'pool_lost' }
  return isAvailable
    ? {
        ...{ pool, backend: null, occasion: 'pool_back', severity: 'notice' },
        ...{ headline: 'serves again', begins: null, ends: [trouble.key], isOnlyEnd: true }
      }
    : {
        ...{ pool, backend: null, occasion: 'pool_lost', severity: 'critical' },
        headline: `no backend left, its requests ${doRequestsWait ? 'wait' : 'fail'}`,
        ...{ begins: trouble, ends: [] }
      }
}

function failover(event: EventOf<'failover'>): Draft {
  const { pool, to } = event
  const isCalmer = to === 'normal' || to === 'recovering'
  return {
    ...{ pool, backend: null, occasion: 'failover', severity: isCalmer ? 'notice' : 'warning' },
    headline: failoverHeadline(event),
    // Also on another level than 0: it is the first that has backends.
    ...(to === 'normal' ? { begins: null, ends: [LEVEL.key] } : { begins: LEVEL, ends: [] })
  }
}

function failoverHeadline(event: EventOf<'failover'>): string {
  const { to, fromLevel, toLevel } = event
  const place = toLevel > 0 ? `the backups of level ${toLevel}` : 'its primaries'
  switch (to) {
    case 'normal':
      return `served by ${place} again`
    case 'pending':
      return `${place} are lost, the failover waits`
    case 'switching':
      return `traffic moves to ${place}`
    case 'active':
      // Modes that divide the traffic are active there while backups have a part.
      return toLevel > 0 ? `served by ${place}` : 'its primaries share the traffic with backups'
    case 'recovering':
      return fromLevel === toLevel
        ? `a level before level ${toLevel} is healthy again, traffic waits`
        : `traffic returns to ${place}`
    case 'latched':
      return latchedHeadline(event, place)
  }
}

/** A latched pool is served by another level where the one that the operator wants is lost. */
function latchedHeadline(
  { isManual, fromLevel, toLevel }: EventOf<'failover'>,
  place: string
): string {
  if (!isManual) return `latched by an operator, served by ${place}`
  return fromLevel === toLevel
    ? `an operator has latched it, served by ${place}`
    : `an operator has sent the traffic to ${place}`
}

function ejection(event: EventOf<'backend_ejection'>): Draft {
  const { backend, isEjected } = event
  const what = isEjected ? 'is ejected' : 'gets requests again'
  return lasting(event, { occasion: 'ejection', isWrong: isEjected, what: `${backend} ${what}` })
}

/** Half open is neither: its trial requests decide. */
function circuit(event: EventOf<'backend_circuit'>): Draft | null {
  const { backend, to } = event
  if (to === 'half_open') return null
  const what = `the circuit of ${backend} is ${to}`
  return lasting(event, { occasion: 'circuit', isWrong: to === 'open', what })
}

function resolution(event: EventOf<'resolution'>): Draft {
  const isWrong = event.error !== null
  const what = `the name of ${event.backend} ${isWrong ? 'does not resolve' : 'resolves again'}`
  return lasting(event, { occasion: 'resolution', isWrong, what })
}

interface Lasting {
  readonly occasion: 'ejection' | 'circuit' | 'resolution'
  readonly isWrong: boolean
  readonly what: string
}

/** Of a backend, with a beginning and an end of the same kind. */
function lasting(
  event: { readonly pool: string; readonly backend: string },
  { occasion, isWrong, what }: Lasting
): Draft {
  const key = `${occasion} ${event.backend}`
  const subject = { ...placeOf(event), occasion, headline: what }
  return isWrong
    ? { ...subject, severity: 'warning', begins: { key, occasion }, ends: [] }
    : { ...subject, severity: 'notice', begins: null, ends: [key], isOnlyEnd: true }
}

/** Of the buffer as a whole, with a beginning and an end; or of requests that were given up. */
function store({ outcome, route, count }: EventOf<'store'>): Draft {
  const subject = { ...OF_ENGINE, occasion: 'buffer' } as const
  const requests = count === 1 ? 'a stored request' : `${count} stored requests`
  const whose = route === null ? requests : `${requests} of route ${route}`
  switch (outcome) {
    case 'dead_letter':
      return {
        ...NOTHING,
        ...subject,
        severity: 'warning',
        headline: `${whose} cannot be delivered`
      }
    case 'expired':
      return { ...NOTHING, ...subject, severity: 'warning', headline: `${whose} expired` }
    case 'quarantined':
      return {
        ...NOTHING,
        ...subject,
        severity: 'warning',
        headline: 'a stored request is damaged'
      }
    case 'repaired':
      return { ...NOTHING, ...subject, severity: 'warning', headline: 'the buffer was repaired' }
    case 'refusing':
      return begun(subject, 'buffer refuses', 'the buffer takes no requests')
    case 'accepting':
      return ended(subject, 'buffer refuses', 'the buffer takes requests again')
    case 'disk_failed':
      return begun(subject, 'buffer disk', 'the disk of the buffer failed')
    case 'disk_recovered':
      return ended(subject, 'buffer disk', 'the disk of the buffer works again')
  }
}

type Subject = Pick<Draft, 'occasion' | 'pool' | 'backend'>

function begun(subject: Subject, key: string, headline: string): Draft {
  const begins = { key, occasion: subject.occasion }
  return { ...subject, severity: 'critical', headline, begins, ends: [] }
}

function ended(subject: Subject, key: string, headline: string): Draft {
  return { ...subject, severity: 'notice', headline, begins: null, ends: [key], isOnlyEnd: true }
}

function listener({ listener: name, outcome }: EventOf<'listener'>): Draft | null {
  if (outcome === 'certificate_reloaded') return null
  const trouble: Trouble = { key: `listener ${name}`, occasion: 'listener' }
  const subject = { ...OF_ENGINE, occasion: 'listener' } as const
  return outcome === 'failed'
    ? {
        ...{ ...subject, severity: 'critical', headline: `listener ${name} is not open` },
        ...{ begins: trouble, ends: [] }
      }
    : {
        ...{ ...subject, severity: 'notice', headline: `listener ${name} is ${outcome}` },
        ...{ begins: null, ends: [trouble.key], isOnlyEnd: true }
      }
}

function configuration({ outcome }: EventOf<'configuration'>): Draft {
  const trouble: Trouble = { key: 'config', occasion: 'config' }
  const subject = { ...OF_ENGINE, occasion: 'config' } as const
  return outcome === 'refused'
    ? {
        ...{ ...subject, severity: 'warning', headline: 'a configuration was refused' },
        ...{ begins: trouble, ends: [] }
      }
    : {
        ...{ ...subject, severity: 'notice', headline: 'a configuration is in force' },
        ...{ begins: null, ends: [trouble.key], isOnlyEnd: true }
      }
}

function downOf(backend: string): Trouble {
  return { key: `down ${backend}`, occasion: 'backend_down' }
}

function placeOf({ pool, backend }: { readonly pool: string; readonly backend: string }): {
  readonly pool: string
  readonly backend: string
} {
  return { pool, backend }
}
