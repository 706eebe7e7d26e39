/** How fresh the shown data is, in one word and an age: a frozen number must not look healthy. */
import type { EngineStatus } from '../../preload/contract/live-state.ts'
import type { ConnectionState } from '../backend/console-backend.ts'

export const LIVENESS_WORDS = ['LIVE', 'PAUSED', 'STALE', 'RECONNECTING', 'CORE STOPPED'] as const

export interface Liveness {
  readonly word: (typeof LIVENESS_WORDS)[number] | 'IDLE'
  /** Milliseconds since the newest data (or since the pause); null before the first. */
  readonly ageMs: number | null
  /** Of the reconnection, from 1; 0 otherwise. */
  readonly attempt: number
  /** A sentence for the tooltip. */
  readonly reason: string
}

/** More than three frames of 250 ms missed. */
export const STALE_AFTER_MS = 1000

export interface LivenessFacts {
  readonly connection: ConnectionState
  /** null before the first fleet. */
  readonly engine: EngineStatus | null
  readonly pausedSinceMs: number | null
  /** When the newest numbers arrived, by the clock of `nowMs`; null before the first. */
  readonly heardAtMs: number | null
  readonly nowMs: number
}

/** The worst word wins: what is not heard cannot be live, whatever the operator paused. */
export function livenessOf(facts: LivenessFacts): Liveness {
  const { connection, engine } = facts
  const ageMs = facts.heardAtMs === null ? null : Math.max(0, facts.nowMs - facts.heardAtMs)
  const say = (word: Liveness['word'], reason: string): Liveness => ({
    word,
    ageMs,
    attempt: connection.kind === 'reconnecting' ? connection.attempt : 0,
    reason
  })
  if (connection.kind !== 'open') return say('RECONNECTING', connection.reason)
  if (engine === null || engine.phase === 'none') return say('IDLE', 'No configuration is open.')
  if (engine.phase === 'stopped' || engine.phase === 'restarting') {
    return say('CORE STOPPED', engine.reason ?? 'The engine does not run.')
  }
  if (engine.phase === 'starting') return say('IDLE', 'The engine is starting.')
  if (ageMs === null && engine.phase === 'running') {
    return say('IDLE', 'The engine runs; its first numbers are on their way.')
  }
  if (engine.phase === 'silent' || (ageMs !== null && ageMs > STALE_AFTER_MS)) {
    return say('STALE', 'The engine has not been heard for more than a second.')
  }
  if (facts.pausedSinceMs !== null) {
    const pausedForMs = Math.max(0, facts.nowMs - facts.pausedSinceMs)
    return { word: 'PAUSED', ageMs: pausedForMs, attempt: 0, reason: 'You paused the view.' }
  }
  return say('LIVE', 'Numbers arrive four times a second.')
}
