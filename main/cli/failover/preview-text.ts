/** What an activation would do, as a person reads it before they say yes. */
import type { FailoverPreview } from '../../../proxy-core/model/failover-report.ts'

export function previewText(preview: FailoverPreview): string {
  const { pool, fromLevel, toLevel, steps, warnings, standby } = preview
  const from = fromLevel < 0 ? 'no level' : `level ${fromLevel}`
  const first =
    toLevel === null
      ? `Pool ${pool}: nothing could take over from ${from}.`
      : `Pool ${pool} would go from ${from} to level ${toLevel}.`
  return [
    first,
    ...steps.map((step, index) => `  ${index + 1}. ${step}`),
    ...warnings.map((warning) => `  ! ${warning}`),
    ...standby.map(
      ({ address, isEligible, health, reason }) =>
        `  ${isEligible ? 'ready   ' : 'NOT able'}  ${address}, ${health}: ${reason}`
    )
  ].join('\n')
}
