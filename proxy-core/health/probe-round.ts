/**
 * One probe of one backend, which may have several addresses. An address that cannot be
 * connected to is passed over for the next, as a dial does; the round is over when an
 * address gave any other result, when none is left, or when its time is up.
 */
import type { ProbeRecord } from '../model/probe-record.ts'
import type { BackendSettings, HealthCheckSettings } from '../model/settings.ts'
import type { Clock } from '../time/clock.ts'
import type { ProbeConnect, ProbeRequest, ProbeResult } from './probe.ts'
import type { ProbeRegistry } from './registry.ts'
import { messageOf } from './socket-failure.ts'

export interface ProbeRoundRequest {
  readonly backend: Pick<BackendSettings, 'host' | 'port'>
  readonly settings: HealthCheckSettings
  /** In the order in which they are tried. Empty: the name does not resolve. */
  readonly addresses: readonly string[]
  readonly probes: ProbeRegistry
  readonly connect: ProbeConnect
  readonly clock: Clock
  readonly signal: AbortSignal
}

export interface ProbeRoundResult extends ProbeResult {
  /** The address that gave the result; null when there was none. */
  readonly address: string | null
}

/** Never rejects. */
export async function probeRound(round: ProbeRoundRequest): Promise<ProbeRoundResult> {
  const { clock, settings } = round
  const atMs = clock.wallNow()
  const startedMs = clock.now()
  // Without a limit a frozen backend would never be noticed: HAProxy uses the interval too.
  const limitMs = settings.timeoutMs || settings.intervalMs
  const refusals: string[] = []
  let last: ProbeRoundResult = unresolved(round, atMs)
  for (const address of round.addresses) {
    const timeoutMs = limitMs - (clock.now() - startedMs)
    if (timeoutMs <= 0) break
    last = { ...(await probeAddress(round, address, timeoutMs)), address }
    if (last.record.code !== 'L4CON' || !last.isConclusive) break
    refusals.push(last.record.detail)
  }
  const isRefusal = last.record.code === 'L4CON' && last.isConclusive
  const details = isRefusal ? refusals : [...refusals, last.record.detail]
  const durationMs = clock.now() - startedMs
  return { ...last, record: { ...last.record, atMs, durationMs, detail: details.join(' ') } }
}

async function probeAddress(
  round: ProbeRoundRequest,
  address: string,
  timeoutMs: number
): Promise<ProbeResult> {
  const { settings, backend, connect, clock, signal } = round
  const request: ProbeRequest = {
    address,
    port: settings.port ?? backend.port,
    host: backend.host,
    timeoutMs,
    settings,
    connect,
    clock,
    signal
  }
  try {
    return await round.probes[settings.type](request)
  } catch (error) {
    // A probe with a fault must not take its backend down, nor the engine.
    const detail = `The ${settings.type} probe itself failed: ${messageOf(error)}`
    return { record: failure('L7RSP', clock.wallNow(), detail), isConclusive: false }
  }
}

function unresolved(round: ProbeRoundRequest, atMs: number): ProbeRoundResult {
  const detail = `The name ${round.backend.host} has no address.`
  return { record: failure('DNS', atMs, detail), isConclusive: true, address: null }
}

function failure(code: ProbeRecord['code'], atMs: number, detail: string): ProbeRecord {
  return { atMs, durationMs: 0, hasPassed: false, code, status: null, detail }
}
