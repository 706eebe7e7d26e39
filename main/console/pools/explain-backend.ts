/** Why a backend is in its state and what would change it, as an inspector tells it. */
import type {
  BackendEvidence,
  HealthCheckFacts
} from '../../../proxy-core/model/backend-evidence.ts'
import type { ProbeRecord } from '../../../proxy-core/model/probe-record.ts'
import type { LiveBackend } from '../../../preload/contract/live-state.ts'
import { counted, sentence, since, spellDuration, type LocalTime } from '../live/wording.ts'

export interface BackendToExplain {
  /** null: the engine that could tell does not run. */
  readonly backend: LiveBackend
  readonly evidence: BackendEvidence
  readonly nowMs: number
  readonly time: LocalTime
}

/** Two to five sentences. */
export function explainBackend(subject: BackendToExplain): string[] {
  const { evidence } = subject
  return [
    ...whyState(subject),
    ...observed(subject),
    ...whatChangesIt(subject),
    ...otherRegion(subject),
    ...lastTrafficFailure(subject),
    ...resolution(evidence)
  ]
}

function whyState({ backend, evidence, nowMs, time }: BackendToExplain): string[] {
  const held = heldSentence(backend, nowMs, time)
  const { healthCheck, probes } = evidence
  if (healthCheck === null) {
    return ['No health check is configured, so it always counts as healthy.', ...held]
  }
  const last = probes.at(-1)
  if (!last) return ['It has not been probed yet.', ...held]
  const run = runOf(probes)
  const verb = last.hasPassed ? 'passed' : 'failed'
  const probed = run === 1 ? `the last probe ${verb}` : `the last ${run} probes ${verb}`
  return [`${backend.statusWord}: ${probed}; ${answerOf(healthCheck, last)}`, ...held]
}

/** Probes with the result of the last one, counted from the end. */
function runOf(probes: readonly ProbeRecord[]): number {
  const { hasPassed } = probes.at(-1)!
  const before = probes.findLastIndex((probe) => probe.hasPassed !== hasPassed)
  return probes.length - 1 - before
}

/** "`GET http://10.0.0.1:80/health` answered 503." */
function answerOf(
  { request }: HealthCheckFacts,
  { status, detail, hasPassed }: ProbeRecord
): string {
  if (status === null) return `\`${request}\`: ${sentence(detail)}`
  // The detail of a pass only repeats the status.
  const more = hasPassed || /^Expected status/.test(detail) ? '' : ` ${sentence(detail)}`
  return `\`${request}\` answered ${status}.${more}`
}

function heldSentence(backend: LiveBackend, nowMs: number, time: LocalTime): string[] {
  const { adminState, adminUntilMs, adminReason, changedAtMs } = backend
  if (adminState === 'ready') return []
  const what = adminState === 'drain' ? 'An operator drains it' : 'It is in maintenance'
  const when =
    adminUntilMs === null ? since(changedAtMs, nowMs, time) : `until ${time(adminUntilMs)}`
  return [sentence(`${what} ${when} (${adminReason})`)]
}

/** What failed requests did to it. */
function observed({ backend, time }: BackendToExplain): string[] {
  const { ejection, circuit } = backend
  if (circuit === 'open') return ['Its circuit is open, so no request is sent to it.']
  if (circuit === 'half_open') return ['Its circuit is half open: single requests try it.']
  if (ejection === null) return []
  return [sentence(`It is ejected until ${time(ejection.untilMs)}: ${ejection.reason}`)]
}

function whatChangesIt({ backend, evidence }: BackendToExplain): string[] {
  const { healthCheck, progress } = evidence
  if (healthCheck === null) return []
  if (backend.adminState === 'maint') return ['Its probes rest until it is brought back.']
  const missing = Math.max(1, progress.needed - progress.done)
  switch (backend.health) {
    case 'down':
      return [`${counted(missing, 'more success', 'more successes')} ${bring(missing)} it back.`]
    case 'unknown':
      return ['One passed probe lets it serve.']
    default:
      return progress.direction === 'failing' && progress.done > 0
        ? [`${counted(missing, 'more failure')} ${missing === 1 ? 'takes' : 'take'} it down.`]
        : [`${counted(healthCheck.fall, 'failed probe')} in a row would take it down.`]
  }
}

function bring(count: number): string {
  return count === 1 ? 'brings' : 'bring'
}

function otherRegion({ backend: { region, passedOverFor } }: BackendToExplain): string[] {
  if (passedOverFor === null) return []
  const place = region === null ? 'It is in no region' : `It is in ${region}`
  return [
    `${place}, and its pool prefers ${passedOverFor}: it gets requests when no backend there can serve this level.`
  ]
}

function lastTrafficFailure({ evidence, nowMs }: BackendToExplain): string[] {
  const { lastFailure } = evidence
  if (!lastFailure) return []
  const age = spellDuration(nowMs - lastFailure.atMs)
  return [`Traffic last failed on it ${age} ago: ${sentence(lastFailure.reason)}`]
}

function resolution({ resolutionError, addresses }: BackendEvidence): string[] {
  if (resolutionError === null) return []
  const kept = addresses.length > 0 ? ' Its last known addresses are used.' : ''
  return [`Its name does not resolve: ${sentence(resolutionError)}${kept}`]
}
