/**
 * What a probe is. One type of probe = one file that exports a `Probe`, one test beside it,
 * and one line in `registry.ts`.
 */
import type { Socket } from 'node:net'
import type { ProbeRecord } from '../model/probe-record.ts'
import type { HealthCheckSettings } from '../model/settings.ts'
import type { Clock } from '../time/clock.ts'

/** Begins a TCP connection to a resolved address. May throw; must not wait for it. */
export type ProbeConnect = (address: string, port: number) => Socket

export interface ProbeRequest {
  /** A resolved IP address. */
  readonly address: string
  readonly port: number
  /** The backend's host as configured: the default of Host and of the TLS server name. */
  readonly host: string
  /** For everything together: connecting, TLS, and the answer. More than 0. */
  readonly timeoutMs: number
  readonly settings: HealthCheckSettings
  readonly connect: ProbeConnect
  readonly clock: Clock
  /** Ends the probe early; its result is then worth nothing. */
  readonly signal: AbortSignal
}

export interface ProbeResult {
  readonly record: ProbeRecord
  /**
   * False when the record says nothing about the backend: this process had no descriptor or
   * port left, its certificate files are unreadable, or the probe was ended early. Counting
   * such a result would take down every backend at the moment this machine runs short.
   */
  readonly isConclusive: boolean
}

/** Never rejects, and leaves no socket, timer or listener behind. */
export type Probe = (request: ProbeRequest) => Promise<ProbeResult>
