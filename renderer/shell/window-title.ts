/** The title of the window, so that a taskbar or a tab tells the state. */
import type { ServiceStatus, Verdict } from '../../preload/contract/status.ts'

/** Shapes of the status table, as characters. */
export const STATUS_CHARACTERS: Readonly<Record<ServiceStatus, string>> = {
  serving: '●',
  degraded: '◐',
  down: '✕',
  unknown: '◌',
  idle: '○'
}

/**
 * "● api 3/4 — local"; "(1) ✕ api — local" when users are not served.
 * @param place what is looked at: the workspace's name, or "" without one
 * @param openIncidents counted in front only while something is down
 */
export function windowTitle(verdict: Verdict | null, place: string, openIncidents: number): string {
  if (verdict === null || verdict.status === 'idle') {
    return place === '' ? 'Switchyard' : `${place} — Switchyard`
  }
  const count = verdict.status === 'down' ? `(${Math.max(1, openIncidents)}) ` : ''
  const state = `${count}${STATUS_CHARACTERS[verdict.status]} ${verdict.short}`
  return place === '' ? state : `${state} — ${place}`
}
