/** The part of a backend that its judge sees and changes. */
import type { CircuitState } from '../model/failover-state.ts'

export interface JudgedBackend {
  readonly isEligible: boolean
  /** Requests in flight. */
  readonly load: number
  eject(durationMs: number, reason: string): void
  readmit(reason: string): void
  setCircuit(to: CircuitState, reason: string): void
  /** A place of the half-open circuit was taken or became free. */
  circuitChanged(): void
  /** Requests in flight that its latency allows; 0 = any number. */
  adaptSlots(limit: number): void
}
