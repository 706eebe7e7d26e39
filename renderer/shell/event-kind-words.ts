/** Shape and hue of an event by its kind: a person's doing is never in the colours of trouble. */
import type { ConsoleEvent, EventKind } from '../../preload/contract/console-event.ts'

export type EventShape =
  'cross' | 'disc' | 'arrows' | 'diamond' | 'page' | 'triangle' | 'cog' | 'ring' | 'dot'

const SHAPES: Readonly<Record<EventKind, EventShape>> = {
  backend_down: 'cross',
  pool_lost: 'cross',
  backend_up: 'disc',
  pool_back: 'disc',
  errors_normal: 'disc',
  errors_high: 'triangle',
  fault: 'triangle',
  failover: 'arrows',
  ejection: 'cross',
  circuit: 'cross',
  hold: 'diamond',
  admin: 'diamond',
  weight: 'diamond',
  config: 'page',
  listener: 'ring',
  resolution: 'ring',
  buffer: 'page',
  engine: 'cog',
  console: 'dot'
}

export function shapeOf(kind: EventKind): EventShape {
  return SHAPES[kind]
}

export type EventTone = 'ok' | 'warn' | 'down' | 'admin' | 'plain'

const RECOVERIES: readonly EventKind[] = ['backend_up', 'pool_back', 'errors_normal']

export function toneOfEvent({ kind, severity, actor }: ConsoleEvent): EventTone {
  if (severity === 'critical') return 'down'
  if (kind === 'backend_down') return 'down'
  if (RECOVERIES.includes(kind)) return 'ok'
  if (severity === 'warning') return 'warn'
  return actor === 'operator' ? 'admin' : 'plain'
}
