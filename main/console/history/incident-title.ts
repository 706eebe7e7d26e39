/** What an incident is called: in few words, after the event that opened it. */
import type { IncidentEvent } from './incident-machine.ts'

export function incidentTitle(event: IncidentEvent): string {
  const { kind, pool, backend } = event
  const place = pool === null ? '' : `${pool}: `
  switch (kind) {
    case 'backend_down':
    case 'admin':
      return `${place}${backend ?? 'a backend'} down`
    case 'pool_lost':
      return `${place}no backend left`
    case 'failover':
      return `${place}served by backups`
    case 'errors_high':
      return pool === null ? 'Many requests fail' : `${place}many requests fail`
    case 'engine':
      return 'The engine died'
    default:
      return event.text
  }
}
