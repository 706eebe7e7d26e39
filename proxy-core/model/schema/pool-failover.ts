/** How a pool with levels fails over: written at the pool, or at the top level for all pools. */
import { z } from 'zod'
import { DEFAULT_FAILOVER, DEFAULT_FAILOVER_CHECK_INTERVAL_MS } from '../default-settings.ts'
import { formatDuration, formatPercentage } from '../units.ts'
import { noun, option } from './option.ts'
import { count, duration, share } from './quantities.ts'
import { choice, flag, text } from './words.ts'

const MIN_CHECK_INTERVAL_MS = 10
const MAX_ELIGIBLE = 10_000

const same = <T extends string>(...words: readonly T[]): Readonly<Record<string, T>> =>
  Object.fromEntries(words.map((word) => [word, word]))

export const failoverOptions = {
  enabled: option(flag(), {
    effect: 'Whether a pool with levels fails over.',
    default: 'true',
    edge: '`false` leaves all requests with the lowest level, also when none of its backends can serve; nothing can be activated by hand.',
    example: 'enabled: true'
  }),
  mode: option(choice('a failover mode', { values: same('switch', 'spill', 'progressive') }), {
    effect:
      '`switch`: one level serves. `spill`: a level keeps all requests until fewer than 1/1.4 of its backends are eligible, and what it cannot carry spills to the next (Envoy’s priority load). `progressive`: for every lost primary one backup joins in.',
    default: DEFAULT_FAILOVER.mode,
    edge: '`spill` and `progressive` have no strategy, no failback and no latch: those keys are refused beside them.',
    example: 'mode: spill'
  }),
  strategy: option(
    choice('a failover strategy', { values: same('immediate', 'graceful', 'delayed') }),
    {
      effect:
        'What happens when the level that serves is lost. `immediate`: all requests go to the next level with enough eligible backends, at once. `graceful`: their share moves over `ramp` while the old level still has an eligible backend. `delayed`: nothing happens for `delay`, and a recovery within it cancels.',
      default: DEFAULT_FAILOVER.strategy,
      edge: 'While `delayed` waits and the old level has no eligible backend, requests wait in the queue of the pool.',
      example: 'strategy: immediate',
      see: ['pools[].queue']
    }
  ),
  ramp: option(duration(), {
    effect: 'How long the share of the next level takes to grow, with `strategy: graceful`.',
    default: formatDuration(DEFAULT_FAILOVER.rampMs),
    edge: 'It has an effect only while the old level has an eligible backend left, and so only with `min_eligible` above 1 or by hand.',
    example: 'ramp: 30s'
  }),
  delay: option(duration(), {
    effect: 'How long the loss must last before traffic moves, with `strategy: delayed`.',
    default: formatDuration(DEFAULT_FAILOVER.delayMs),
    edge: '`0` is `immediate`.',
    example: 'delay: 5s'
  }),
  recovery_interval: option(duration(), {
    effect:
      'How long a level must be healthy without a break before traffic returns to it. It is what keeps a backend that goes up and down from taking the traffic with it.',
    default: formatDuration(DEFAULT_FAILOVER.recoveryIntervalMs),
    edge: '`0` returns as soon as its probes pass.',
    example: 'recovery_interval: 10s'
  }),
  failback: option(choice('a way of failback', { values: same('automatic', 'manual') }), {
    effect:
      '`automatic`: traffic returns by itself. `manual`: it stays until an operator deactivates the failover.',
    default: DEFAULT_FAILOVER.failback,
    example: 'failback: manual'
  }),
  failback_ramp: option(duration(), {
    effect: 'How long the share of the level that traffic returns to takes to grow.',
    default: 'the smaller of `recovery_interval` and 30s',
    edge: '`0` returns everything at once.',
    example: 'failback_ramp: 10s'
  }),
  min_eligible: option(count({ min: 1, max: MAX_ELIGIBLE }), {
    effect: 'A level with fewer eligible backends is lost.',
    default: String(DEFAULT_FAILOVER.minEligible),
    edge: 'Where no level has as many, any level with one eligible backend may serve.',
    example: 'min_eligible: 2'
  }),
  within: option(choice('how many backups serve', { values: same('all', 'first') }), {
    effect:
      'How many backups of a level serve: `all` that are eligible, or only the `first` of them in the file, as HAProxy has it without `allbackups`.',
    default: DEFAULT_FAILOVER.within,
    edge: 'Primaries always serve together.',
    example: 'within: first'
  }),
  regions: option(z.array(text('the name of a region')).min(1), {
    effect:
      'Orders the levels by `region`: backends of the first region are the primaries, those of the second the first backups. `failover` and `failover_level` of a backend then say nothing.',
    default: 'none',
    edge: 'The levels of a pool are numbered over the regions that it has. A backend whose region is not listed comes last. A pool without any of these regions keeps its own levels.',
    example: 'regions: [us-east, us-west, eu-west]',
    see: ['pools[].backends[].region']
  }),
  panic_threshold: option(share({ max: 1 }), {
    effect:
      'Acts only where no level has `min_eligible`: if at most this share of the pool’s backends is eligible, the lowest level with any eligible backend serves. Above it, traffic stays where it is while one backend there is eligible.',
    default: formatPercentage(DEFAULT_FAILOVER.panicThreshold),
    example: 'panic_threshold: 50%'
  }),
  check_interval: option(duration({ minMs: MIN_CHECK_INTERVAL_MS }), {
    effect:
      'The `interval` of every health check that writes none, and of the TCP probes that a pool with levels gets when it has no health check.',
    default: `${formatDuration(DEFAULT_FAILOVER_CHECK_INTERVAL_MS)} for those TCP probes`,
    edge: 'Where it is written, `fast_interval` and `down_interval` of those checks equal it too, unless they are written themselves.',
    example: 'check_interval: 5s'
  })
}

/** Other names for the same, for hints. */
export const FAILOVER_SYNONYMS = {
  interval: 'check_interval',
  preempt_delay: 'recovery_interval',
  overprovisioning: 'mode',
  allbackups: 'within'
} as const

export const poolFailoverSchema = noun('PoolFailover', failoverOptions, {
  title: 'pools[].failover',
  effect:
    'How this pool fails over. Each key overrides the same key of the top-level `failover`. It acts where the backends are on two or more levels.',
  minimal: {},
  synonyms: FAILOVER_SYNONYMS
})
