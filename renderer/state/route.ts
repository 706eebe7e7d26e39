/**
 * The address of a view: `/pools/api/backends/10.0.0.1:80?at=2026-11-21T02:14:00.000Z`. It holds
 * nothing that admits to the console, so that it can be pasted anywhere.
 */

export const SCREENS = ['live', 'pools', 'traffic', 'incidents', 'config', 'settings'] as const
export type ScreenName = (typeof SCREENS)[number]

export interface Route {
  readonly screen: ScreenName
  /** On Pools. */
  readonly pool: string | null
  readonly backend: string | null
  /** On Incidents. */
  readonly incidentId: number | null
  /** Wall-clock milliseconds of the moment to look at; null = now. */
  readonly atMs: number | null
}

export const HOME: Route = {
  screen: 'live',
  pool: null,
  backend: null,
  incidentId: null,
  atMs: null
}

/** An address that means nothing leads to Live. */
export function readRoute(hash: string): Route {
  const [path = '', query = ''] = hash.split('?', 2)
  const [name, ...rest] = path.split('/').filter(Boolean).map(decoded)
  const screen = SCREENS.find((known) => known === name)
  if (screen === undefined) return HOME
  return {
    screen,
    pool: screen === 'pools' ? (rest[0] ?? null) : null,
    backend: screen === 'pools' && rest[1] === 'backends' ? (rest[2] ?? null) : null,
    incidentId: screen === 'incidents' ? idFrom(rest[0]) : null,
    atMs: timeFrom(new URLSearchParams(query).get('at'))
  }
}

export function writeRoute(route: Route): string {
  const parts: string[] = [route.screen]
  if (route.screen === 'pools' && route.pool !== null) {
    parts.push(route.pool)
    if (route.backend !== null) parts.push('backends', route.backend)
  }
  if (route.screen === 'incidents' && route.incidentId !== null) parts.push(`${route.incidentId}`)
  const path = `/${parts.map(encoded).join('/')}`
  return route.atMs === null ? path : `${path}?at=${new Date(route.atMs).toISOString()}`
}

/** Colons stay readable: they are in every address of a backend. */
function encoded(part: string): string {
  return encodeURIComponent(part).replaceAll('%3A', ':')
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    // A stray % is no escape: the part means itself.
    return part
  }
}

function idFrom(part: string | undefined): number | null {
  return part !== undefined && /^[1-9][0-9]{0,14}$/.test(part) ? Number(part) : null
}

function timeFrom(text: string | null): number | null {
  const ms = text === null ? Number.NaN : Date.parse(text)
  return Number.isFinite(ms) ? ms : null
}
