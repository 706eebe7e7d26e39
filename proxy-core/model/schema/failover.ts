/** The top-level failover block of seed 004: what every pool with levels inherits, and who is told. */
import { notificationSchema } from './notification.ts'
import { noun, option } from './option.ts'
import { FAILOVER_SYNONYMS, failoverOptions } from './pool-failover.ts'

export const failoverSchema = noun(
  'Failover',
  {
    ...failoverOptions,
    notification: option(notificationSchema, {
      effect: 'Who is told when a pool fails over, is lost or comes back.',
      default: 'nobody',
      edge: 'Also of pools that have one level, and of the engine itself.',
      example: 'notification: { enabled: true, channels: [{ type: log, level: warning }] }'
    })
  },
  {
    title: 'failover',
    effect:
      'Failover for all pools that have backends on more than one level. A pool overrides single keys of it.',
    minimal: {},
    synonyms: { ...FAILOVER_SYNONYMS, notifications: 'notification' }
  }
)
