/** What an activation would do now, in sentences for whoever is about to ask for it. */
import type { FailoverPreview, FailoverStatus } from '../model/failover-report.ts'
import type { FailoverSettings } from '../model/settings.ts'
import { formatDuration } from '../model/units.ts'
import type { ActivationTarget } from './next-level.ts'

export type StandbyBackend = FailoverPreview['standby'][number]

export interface PreviewParts {
  readonly status: FailoverStatus
  readonly settings: FailoverSettings
  readonly target: Exclude<ActivationTarget, { readonly kind: 'unknown_level' }>
  readonly isForced: boolean
  /** It is so already. */
  readonly isRepeated: boolean
  /** Of the level that would take over. */
  readonly backends: readonly StandbyBackend[]
}

export function previewOf(parts: PreviewParts): FailoverPreview {
  const { status, target } = parts
  const isPossible = target.kind === 'level'
  return {
    pool: status.pool,
    fromLevel: status.isWaiting ? status.level : status.activeLevel,
    toLevel: isPossible ? target.level : null,
    steps: isPossible ? stepsOf(parts) : [],
    warnings: warningsOf(parts),
    standby: parts.backends.map(({ address, isEligible, health, reason }) => ({
      ...{ address, isEligible, health, reason }
    }))
  }
}

function stepsOf({ status, settings, target, isRepeated, backends }: PreviewParts): string[] {
  const { level } = target
  if (isRepeated) {
    return [`Nothing changes: an operator has activated level ${level} already.`]
  }
  return [
    trafficStep(status, settings, level, backends),
    'The pool stays there until the failover is deactivated, also over a reload and a restart.',
    `If level ${level} is lost, traffic goes on to the next level (strategy ${settings.strategy}).`,
    `After a deactivation it returns once the level before has been healthy for ${formatDuration(settings.recoveryIntervalMs)}${overRamp(settings.failbackRampMs)}.`
  ]
}

function trafficStep(
  { activeLevel }: FailoverStatus,
  { strategy, rampMs }: FailoverSettings,
  level: number,
  backends: readonly StandbyBackend[]
): string {
  if (activeLevel === level) return `Level ${level} has the traffic already and keeps it.`
  const able = backends.filter(({ isEligible }) => isEligible).map(({ address }) => address)
  if (able.length === 0) {
    return `No backend of level ${level} is eligible: traffic goes there once one is.`
  }
  const pace = strategy === 'graceful' && rampMs > 0 ? `over ${formatDuration(rampMs)}` : 'at once'
  return `All requests go to ${able.join(', ')} (level ${level}), ${pace}.`
}

function warningsOf({ status, target, isForced, isRepeated, backends }: PreviewParts): string[] {
  const warnings: string[] = []
  const { level } = target
  const view = status.levels.find((one) => one.level === level)
  if (view?.isLost === true) {
    const state = `Level ${level} has ${view.eligible} of ${view.backends} eligible backends, too few to take over`
    warnings.push(
      isForced || isRepeated ? `${state}.` : `${state}; only a forced activation goes through.`
    )
  }
  const absent = backends.filter(({ isEligible }) => !isEligible)
  if (view?.isLost === false && absent.length > 0) {
    const names = absent.map(({ address, reason }) => `${address} (${reason})`).join(', ')
    warnings.push(`Not all of level ${level} can help: ${names}.`)
  }
  if (level < status.activeLevel && !isRepeated) {
    warnings.push(`Level ${level} comes before the one that serves: this is a way back, at once.`)
  }
  return warnings
}

function overRamp(rampMs: number): string {
  return rampMs > 0 ? `, over ${formatDuration(rampMs)}` : ''
}
