/** Where clients connect. */
import { z } from 'zod'
import {
  DEFAULT_ACCESS_LOG_FORMAT,
  DEFAULT_CLIENT_TIMEOUTS,
  DEFAULT_FORWARDED,
  DEFAULT_HEAD_LIMITS,
  DEFAULT_HTTP2,
  DEFAULT_LISTENER_CONNECTIONS,
  DEFAULT_REQUEST_ID_HEADER
} from '../default-settings.ts'
import { formatDuration, formatSize } from '../units.ts'
import { address, addressBlock } from './addresses.ts'
import { noun, option, required } from './option.ts'
import { count, duration, size } from './quantities.ts'
import { listenerTlsSchema } from './tls.ts'
import { choice, fieldName, filePath, flag, name } from './words.ts'

const KIBIBYTE = 1024

const accessLogSchema = noun(
  'AccessLog',
  {
    format: option(
      choice('a log format', { values: { combined: 'combined', json: 'json' } as const }),
      {
        effect:
          '`combined` is the line of Apache and nginx; `json` is one object a line and knows more.',
        default: DEFAULT_ACCESS_LOG_FORMAT,
        example: 'format: json'
      }
    ),
    file: option(filePath(), {
      effect: 'The file to which lines are appended.',
      default: 'standard output',
      edge: 'SIGHUP opens the file again, for log rotation.',
      example: 'file: /var/log/switchyard/access.log'
    })
  },
  {
    title: 'listeners[].access_log',
    effect: 'One line for each finished exchange.',
    minimal: {},
    synonyms: { path: 'file' }
  }
)

const forwardedSchema = noun(
  'Forwarded',
  {
    x_forwarded: option(flag(), {
      effect: 'Sends X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host to backends.',
      default: String(DEFAULT_FORWARDED.xForwarded),
      edge: 'What a client sent under these names is dropped, unless it comes from `trusted_proxies`.',
      example: 'x_forwarded: false',
      see: ['listeners[].trusted_proxies']
    }),
    x_real_ip: option(flag(), {
      effect: 'Sends the address of the client as X-Real-IP.',
      default: String(DEFAULT_FORWARDED.xRealIp),
      example: 'x_real_ip: false'
    }),
    forwarded: option(flag(), {
      effect: 'Sends the Forwarded field of RFC 7239.',
      default: String(DEFAULT_FORWARDED.forwarded),
      example: 'forwarded: true'
    }),
    via: option(flag(), {
      effect: 'Adds Via (RFC 9110) to requests and responses.',
      default: String(DEFAULT_FORWARDED.via),
      example: 'via: true'
    })
  },
  {
    title: 'listeners[].forwarded',
    effect: 'What backends are told about the client.',
    minimal: {}
  }
)

const requestIdSchema = noun(
  'RequestId',
  {
    header: option(fieldName(), {
      effect: 'The name of the field that carries the id to the backend and back to the client.',
      default: DEFAULT_REQUEST_ID_HEADER,
      edge: 'A well-formed id that comes from `trusted_proxies` is kept, any other is replaced.',
      example: 'header: X-Correlation-Id'
    })
  },
  { title: 'listeners[].request_id', effect: 'An id for each request.', minimal: {} }
)

const limitsSchema = noun(
  'HeadLimits',
  {
    head: option(size({ min: KIBIBYTE, max: 1024 * KIBIBYTE }), {
      effect: 'The largest head of a request: request line, fields and the empty line.',
      default: formatSize(DEFAULT_HEAD_LIMITS.headBytes),
      unit: 'bytes',
      edge: 'A larger one is answered with 431.',
      example: 'head: 64KiB'
    }),
    line: option(size({ min: 256, max: 1024 * KIBIBYTE }), {
      effect: 'The longest request line.',
      default: formatSize(DEFAULT_HEAD_LIMITS.lineBytes),
      unit: 'bytes',
      edge: 'A longer one is answered with 414.',
      example: 'line: 8KiB'
    }),
    fields: option(count({ min: 8, max: 10_000 }), {
      effect: 'The most fields that a request may have.',
      default: String(DEFAULT_HEAD_LIMITS.fieldCount),
      edge: 'More are answered with 431.',
      example: 'fields: 200'
    })
  },
  {
    title: 'listeners[].limits',
    effect: 'How large the head of a request may be.',
    minimal: {},
    synonyms: { headers: 'fields', url: 'line', uri: 'line' }
  }
)

const clientTimeoutsSchema = noun(
  'ClientTimeouts',
  {
    request_head: option(duration(), {
      effect:
        'From the first byte of a request, or the accepted connection, to the end of its head.',
      default: formatDuration(DEFAULT_CLIENT_TIMEOUTS.requestHeadMs),
      edge: 'Then 408. `0` waits for ever and lets slow clients hold connections.',
      example: 'request_head: 5s'
    }),
    request_body: option(duration(), {
      effect: 'Between two reads of a request body.',
      default: formatDuration(DEFAULT_CLIENT_TIMEOUTS.requestBodyMs),
      edge: 'Then 408. `0` waits for ever.',
      example: 'request_body: 1m'
    }),
    keep_alive: option(duration(), {
      effect: 'How long an idle connection waits for its next request.',
      default: formatDuration(DEFAULT_CLIENT_TIMEOUTS.keepAliveMs),
      edge: '`0` keeps idle connections for ever.',
      example: 'keep_alive: 15s'
    })
  },
  {
    title: 'listeners[].timeouts',
    effect: 'How long the listener waits for a client.',
    minimal: {},
    synonyms: {
      head: 'request_head',
      body: 'request_body',
      idle: 'keep_alive',
      keepalive: 'keep_alive'
    }
  }
)

export const listenerSchema = noun(
  'Listener',
  {
    name: required(name(), {
      effect: 'The name of the listener in routes, logs and metrics.',
      example: 'name: web'
    }),
    address: required(address({ what: 'a listening address', mayBeZero: true }), {
      effect: 'Host and port on which connections are accepted.',
      edge: '`0.0.0.0` is every IPv4 interface, `[::]` every interface. Port 0 takes any free port and says which.',
      example: 'address: 127.0.0.1:8080'
    }),
    tls: option(listenerTlsSchema, {
      effect: 'Makes the listener speak TLS.',
      default: 'plain HTTP',
      example: 'tls: { certificates: [{ cert: site.pem, key: site.key }] }'
    }),
    http2: option(flag(), {
      effect: 'Whether clients that offer HTTP/2 in their TLS handshake (ALPN `h2`) get it.',
      default: String(DEFAULT_HTTP2),
      edge: 'Needs `tls`: HTTP/2 without it is not spoken. Backends are spoken to in HTTP/1.1 all the same, and WebSockets come over HTTP/1.1.',
      example: 'http2: false',
      see: ['listeners[].tls']
    }),
    access_log: option(z.union([flag(), accessLogSchema]), {
      effect: 'Writes one line for each exchange. `true` is `combined` on standard output.',
      default: 'false',
      edge: 'A route can leave its exchanges out with `access_log: false`.',
      example: 'access_log: true',
      see: ['routes[].access_log']
    }),
    max_connections: option(count({ min: 1, max: 1_000_000 }), {
      effect: 'Accepted connections at one time.',
      default: String(DEFAULT_LISTENER_CONNECTIONS),
      edge: "Further ones wait in the kernel's backlog, and are refused by it when that is full.",
      example: 'max_connections: 20000'
    }),
    trusted_proxies: option(z.array(addressBlock()), {
      effect:
        'Address blocks of proxies in front, whose X-Forwarded-* and Forwarded fields are believed and extended.',
      default: 'none: what clients claim is dropped',
      edge: 'A single address is a block of one.',
      example: 'trusted_proxies: [10.0.0.0/8, 127.0.0.1]'
    }),
    forwarded: option(forwardedSchema, {
      effect: 'What backends are told about the client.',
      default: 'X-Forwarded-* and X-Real-IP',
      example: 'forwarded: { via: true }'
    }),
    request_id: option(z.union([flag(), requestIdSchema]), {
      effect: 'Gives each request an id, in the log, towards the backend and back to the client.',
      default: 'false',
      example: 'request_id: true'
    }),
    limits: option(limitsSchema, {
      effect: 'How large the head of a request may be.',
      default: 'see there',
      example: 'limits: { head: 64KiB }'
    }),
    timeouts: option(clientTimeoutsSchema, {
      effect: 'How long the listener waits for a client.',
      default: 'see there',
      example: 'timeouts: { keep_alive: 15s }'
    })
  },
  {
    title: 'listeners[]',
    effect: 'A place where clients connect.',
    minimal: { name: 'web', address: '127.0.0.1:8080' },
    synonyms: {
      bind: 'address',
      listen: 'address',
      bind_address: 'address',
      maxconn: 'max_connections',
      log: 'access_log'
    }
  }
)
