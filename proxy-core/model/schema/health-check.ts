/** Active probes of backends. */
import { z } from 'zod'
import { DEFAULT_HEALTH_CHECK as DEFAULT } from '../default-settings.ts'
import { formatDuration, formatPercentage } from '../units.ts'
import { hostField, requestTarget } from './addresses.ts'
import { noun, option } from './option.ts'
import { count, duration, share } from './quantities.ts'
import { statusRanges } from './status-ranges.ts'
import { upstreamTlsSchema } from './tls.ts'
import { choice, fields, flag, method, pattern } from './words.ts'

/** Shorter ones would load a backend with probes. */
const MIN_INTERVAL_MS = 10
const MAX_THRESHOLD = 100

const timing = {
  interval: option(duration({ minMs: MIN_INTERVAL_MS }), {
    effect:
      'Wait between the end of one probe and the start of the next while the backend is up and stays up.',
    default: `${formatDuration(DEFAULT.intervalMs)}, or \`failover.check_interval\` where that is written`,
    edge: 'Where `interval` is written and `fast_interval` or `down_interval` is not, these equal it, as in HAProxy.',
    example: 'interval: 3s',
    see: ['failover.check_interval']
  }),
  fast_interval: option(duration({ minMs: MIN_INTERVAL_MS }), {
    effect:
      'Wait between probes while the state is changing: after a first failure, after a first pass, and before the state is known.',
    default: `\`interval\` where that is written, else ${formatDuration(DEFAULT.fastIntervalMs)}`,
    edge: 'The cheapest way to notice a failure sooner: it costs nothing while all is well.',
    example: 'fast_interval: 500ms'
  }),
  down_interval: option(duration({ minMs: MIN_INTERVAL_MS }), {
    effect: 'Wait between probes while the backend is down.',
    default: `\`interval\` where that is written, else ${formatDuration(DEFAULT.downIntervalMs)}`,
    example: 'down_interval: 5s'
  }),
  timeout: option(duration({ minMs: 1 }), {
    effect:
      'A probe that has not passed after this time has failed. Connecting, TLS and the response are all within it.',
    default: formatDuration(DEFAULT.timeoutMs),
    edge: 'Decides how fast a frozen backend is noticed: the timeout passes once for each failure that is needed.',
    example: 'timeout: 2s'
  }),
  jitter: option(share({ max: 0.5 }), {
    effect:
      'Share by which each wait varies at random to both sides, so that probes of many backends do not fall together.',
    default: formatPercentage(DEFAULT.jitter),
    edge: '`0` makes every wait exact.',
    example: 'jitter: 10%'
  }),
  unhealthy_threshold: option(count({ min: 1, max: MAX_THRESHOLD }), {
    effect: 'Consecutive failures that take a backend down (HAProxy: fall).',
    default: String(DEFAULT.unhealthyThreshold),
    edge: 'At the start one result decides.',
    example: 'unhealthy_threshold: 3'
  }),
  healthy_threshold: option(count({ min: 1, max: MAX_THRESHOLD }), {
    effect: 'Consecutive passes that bring a backend up again (HAProxy: rise).',
    default: String(DEFAULT.healthyThreshold),
    edge: 'At the start, after a reload that adds the backend and after `maint` one pass is enough.',
    example: 'healthy_threshold: 2'
  })
}

const http = {
  method: option(method(), {
    effect: 'The method of an HTTP probe.',
    default: DEFAULT.method,
    example: 'method: HEAD'
  }),
  path: option(requestTarget(), {
    effect: 'The path, with an optional query, of an HTTP probe.',
    default: DEFAULT.path,
    example: 'path: /health'
  }),
  host: option(hostField(), {
    effect: 'The Host field of an HTTP probe.',
    default: 'host and port of the backend address',
    example: 'host: api.example.test'
  }),
  headers: option(fields(), {
    effect: 'Fields that an HTTP probe carries beside Host.',
    default: 'none',
    example: 'headers: { X-Probe: switchyard }'
  }),
  expected_status: option(statusRanges(), {
    effect: 'The statuses with which an HTTP probe passes: a status, a range, or a list of both.',
    default: '"200-399"',
    edge: 'Redirects are not followed: a 302 is judged as 302.',
    example: 'expected_status: [200, "300-399"]'
  }),
  body_match: option(pattern(), {
    effect: 'Text, or a pattern between slashes, that the body of an HTTP probe must contain.',
    default: 'none: the body is not read',
    edge: 'Only the first 64 KiB are looked at.',
    example: 'body_match: /"status":\\s*"ok"/'
  })
}

export const healthCheckSchema = noun(
  'HealthCheck',
  {
    type: option(choice('a kind of probe', { values: { http: 'http', tcp: 'tcp' } as const }), {
      effect: '`http` sends a request and judges the answer; `tcp` is content with a connection.',
      default: DEFAULT.type,
      edge: '`tcp` does not notice a frozen process: its kernel still accepts. With `tls` the handshake must succeed too.',
      example: 'type: tcp'
    }),
    ...timing,
    port: option(count({ min: 1, max: 65_535 }), {
      effect: 'The port that is probed.',
      default: 'the port of the backend address',
      example: 'port: 8081'
    }),
    tls: option(z.union([flag(), upstreamTlsSchema]), {
      effect: 'Whether and how probes speak TLS.',
      default: 'as `pools[].tls`',
      edge: '`false` probes in plain text although requests use TLS.',
      example: 'tls: false'
    }),
    ...http
  },
  {
    title: 'health_check',
    effect:
      'Probes each backend and takes it out of the rotation while it fails. `health_check: {}` is a GET of / every two seconds.',
    minimal: {},
    synonyms: {
      inter: 'interval',
      fastinter: 'fast_interval',
      downinter: 'down_interval',
      fall: 'unhealthy_threshold',
      rise: 'healthy_threshold',
      unhealthy: 'unhealthy_threshold',
      healthy: 'healthy_threshold',
      retries: 'unhealthy_threshold',
      uri: 'path',
      url: 'path',
      status: 'expected_status',
      expect: 'expected_status',
      body: 'body_match'
    }
  }
)

/** `false` switches probes off where a less specific place switches them on. */
export const healthCheckOrNone = z.union([z.literal(false), healthCheckSchema])

/** What only an HTTP probe has. */
export const HTTP_ONLY_KEYS: readonly string[] = Object.keys(http)
