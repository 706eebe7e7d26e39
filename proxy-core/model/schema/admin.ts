/** The admin API, metrics and health of the balancer itself. */
import { z } from 'zod'
import { DEFAULT_ADMIN } from '../default-settings.ts'
import { address, hostField } from './addresses.ts'
import { noun, option } from './option.ts'
import { certificateSchema } from './tls.ts'
import { choice } from './words.ts'

export const adminSchema = noun(
  'Admin',
  {
    address: option(address({ what: 'an admin address', mayBeZero: true }), {
      effect: 'Host and port of the admin API, metrics and health.',
      default: `${DEFAULT_ADMIN.address.host}:${String(DEFAULT_ADMIN.address.port)}`,
      edge: 'Outside loopback it needs `tls`, `allowed_hosts` and `auth: token`. A change needs a restart.',
      example: 'address: 127.0.0.1:9000'
    }),
    auth: option(
      choice('a kind of authentication', { values: { token: 'token', none: 'none' } as const }),
      {
        effect:
          '`token`: calls carry `Authorization: Bearer` with the token that `switchyard run` wrote to a file. `none` frees the four failover calls and nothing else.',
        default: DEFAULT_ADMIN.auth,
        edge: '`none` is refused outside loopback.',
        example: 'auth: token'
      }
    ),
    metrics: option(
      choice('a kind of access', { values: { token: 'token', open: 'open' } as const }),
      {
        effect: 'Whether `/metrics` needs the token.',
        default: DEFAULT_ADMIN.metrics,
        example: 'metrics: open'
      }
    ),
    allowed_hosts: option(z.array(hostField()), {
      effect: 'Names under which the admin API may be called, beside its address and localhost.',
      default: 'none',
      edge: 'Others are refused, so that no web page can reach the API through a name of its own (DNS rebinding).',
      example: 'allowed_hosts: [lb1.example.test]'
    }),
    tls: option(certificateSchema, {
      effect: 'Makes the admin API speak TLS.',
      default: 'plain HTTP',
      example: 'tls: { cert: admin.pem, key: admin.key }'
    })
  },
  {
    title: 'admin',
    effect: 'The admin API.',
    minimal: {},
    synonyms: {
      bind: 'address',
      listen: 'address',
      bind_address: 'address',
      token: 'auth',
      hosts: 'allowed_hosts'
    }
  }
)
