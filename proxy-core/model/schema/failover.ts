/**
 * The top-level failover block of seed 004. Its simple form acts; the state machine with
 * strategies and failback is another issue, and what it would need draws a
 * warning (`config/lint-failover.ts`) or is refused.
 */
import { DEFAULT_FAILOVER_CHECK_INTERVAL_MS } from '../default-settings.ts'
import { formatDuration } from '../units.ts'
import { notificationSchema } from './notification.ts'
import { noun, option } from './option.ts'
import { duration } from './quantities.ts'
import { choice, flag } from './words.ts'

const MIN_CHECK_INTERVAL_MS = 10

export const failoverSchema = noun(
  'Failover',
  {
    enabled: option(flag(), {
      effect: 'Whether pools with levels fail over.',
      default: 'true',
      edge: '`false` is accepted with a warning: levels hold all the same.',
      example: 'enabled: true'
    }),
    strategy: option(
      choice('a failover strategy', {
        values: { immediate: 'immediate' } as const,
        notYet: {
          graceful: 'a gradual move of the traffic',
          delayed: 'a wait before the traffic moves'
        }
      }),
      {
        effect: '`immediate`: all requests go to the next level with eligible backends at once.',
        default: 'immediate',
        example: 'strategy: immediate'
      }
    ),
    check_interval: option(duration({ minMs: MIN_CHECK_INTERVAL_MS }), {
      effect:
        'The `interval` of every health check that writes none, and of the TCP probes that a pool with levels gets when it has no health check.',
      default: `${formatDuration(DEFAULT_FAILOVER_CHECK_INTERVAL_MS)} for those TCP probes`,
      edge: 'Where it is written, `fast_interval` and `down_interval` of those checks equal it too, unless they are written themselves.',
      example: 'check_interval: 5s'
    }),
    recovery_interval: option(duration(), {
      effect: 'How long a primary must be healthy before traffic returns to it.',
      default: `${formatDuration(0)}: at once`,
      edge: 'Accepted with a warning and not acted on: traffic returns as soon as the probes pass.',
      example: 'recovery_interval: 10s'
    }),
    notification: option(notificationSchema, {
      effect: 'Who is told when a pool fails over, is lost or comes back.',
      default: 'nobody',
      edge: 'Also of pools that have one level, and of the engine itself.',
      example: 'notification: { enabled: true, channels: [{ type: log, level: warning }] }'
    })
  },
  {
    title: 'failover',
    effect: 'Failover for all pools that have backends on more than one level.',
    minimal: {},
    notYet: {
      ramp: 'a gradual move of the traffic',
      delay: 'a wait before the traffic moves',
      failback: 'manual failback',
      failback_ramp: 'a gradual return of the traffic',
      min_eligible: 'a number of eligible backends below which a level is lost',
      mode: 'the modes spill and progressive',
      within: 'the number of backups of a level that serve',
      regions: 'an order of levels by region',
      panic_threshold: 'the panic threshold'
    },
    synonyms: { interval: 'check_interval', notifications: 'notification' }
  }
)
