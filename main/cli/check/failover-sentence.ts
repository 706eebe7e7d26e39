/** When the traffic of a pool moves to its backups and when it comes back, in one sentence. */
import type { PoolFailoverTimes } from '../../../proxy-core/config/failover-times.ts'
import { seconds, within } from './detection-sentence.ts'

/** Begins where `detectionSentence` ends: with the primaries of the pool gone. */
export function failoverSentence(times: PoolFailoverTimes): string {
  const { pool, mode, strategy, rampMs } = times
  const how = mode === 'switch' ? strategy : mode
  const moving = rampMs > 0 ? `begins to move to the backups` : 'goes to the backups'
  const over = rampMs > 0 ? `, all of it ${seconds(rampMs)} later` : ''
  return `Pool ${pool} (${how}): when its primaries are killed, traffic ${moving} ${within(times.switch)}${over}; ${returning(times)}.`
}

function returning(times: PoolFailoverTimes): string {
  if (times.mode === 'switch' && times.failback === 'manual') {
    return 'it returns when an operator deactivates the failover'
  }
  const over =
    times.failbackRampMs > 0 ? `, and all of it ${seconds(times.failbackRampMs)} after that` : ''
  return `once they answer again it begins to return ${within(times.return)}${over}`
}
