/** TLS on either side: what a listener presents, and how a backend is verified. */
import { z } from 'zod'
import { DEFAULT_MIN_TLS } from '../default-settings.ts'
import { filePath, flag, text } from './words.ts'
import { noun, option, required } from './option.ts'
import { scalar, wrongType, type Reading } from './scalar.ts'

export const certificateSchema = noun(
  'Certificate',
  {
    cert: required(filePath(), {
      effect: 'PEM file with the certificate, followed by the intermediate certificates.',
      edge: 'The file is watched: a new certificate is used for new connections, an unusable one is reported and the last good one stays.',
      example: 'cert: site.pem'
    }),
    key: required(filePath(), {
      effect: 'PEM file with the private key of the certificate.',
      example: 'key: site.key'
    })
  },
  {
    title: 'certificate',
    effect: 'A certificate and its private key.',
    minimal: { cert: 'site.pem', key: 'site.key' },
    synonyms: { certificate: 'cert', crt: 'cert', private_key: 'key' }
  }
)

export const listenerTlsSchema = noun(
  'ListenerTls',
  {
    certificates: required(z.array(certificateSchema).min(1), {
      effect:
        'The certificates of this listener, chosen by the name that the client asks for (SNI).',
      edge: 'The first one answers clients that ask for no name or an unknown one.',
      example: 'certificates: [{ cert: site.pem, key: site.key }]'
    }),
    min_version: option(tlsVersion(), {
      effect: 'The oldest version of TLS that a client may use.',
      default: DEFAULT_MIN_TLS,
      example: 'min_version: "1.3"'
    })
  },
  {
    title: 'listeners[].tls',
    effect: 'Makes the listener speak TLS.',
    minimal: { certificates: [{ cert: 'site.pem', key: 'site.key' }] },
    synonyms: { certs: 'certificates', version: 'min_version' }
  }
)

export const upstreamTlsSchema = noun(
  'UpstreamTls',
  {
    ca: option(filePath(), {
      effect: 'PEM file with the authorities that may have signed the certificate of a backend.',
      default: 'the authorities that Node.js ships',
      example: 'ca: ca.pem'
    }),
    server_name: option(text('a host name'), {
      effect: 'The name that is asked for (SNI) and that the certificate of a backend must carry.',
      default: 'the host of the backend address',
      example: 'server_name: api.internal'
    }),
    cert: option(filePath(), {
      effect: 'PEM file with the certificate that this proxy presents to backends.',
      default: 'none is presented',
      edge: 'Needs `key`.',
      example: 'cert: client.pem\nkey: client.key'
    }),
    key: option(filePath(), {
      effect: 'PEM file with the private key for `cert`.',
      default: 'none',
      edge: 'Needs `cert`.',
      example: 'cert: client.pem\nkey: client.key'
    }),
    verify: option(flag(), {
      effect: 'Whether the certificate of a backend is checked.',
      default: 'true',
      edge: 'With `false` anyone on the path to the backend can pretend to be it.',
      example: 'verify: false'
    })
  },
  {
    title: 'pools[].tls',
    effect:
      'Makes connections to backends speak TLS. `tls: {}` verifies against the public authorities.',
    minimal: {},
    synonyms: {
      sni: 'server_name',
      ca_file: 'ca',
      insecure: 'verify',
      insecure_skip_verify: 'verify'
    }
  }
)

/** `1.2`, `"1.2"` and `TLSv1.2` are one: YAML reads the first as a number. */
function tlsVersion(): z.ZodType<'TLSv1.2' | 'TLSv1.3'> {
  const json = { enum: [1.2, 1.3, '1.2', '1.3', 'TLSv1.2', 'TLSv1.3'] }
  return scalar({ syntax: '1.2 | 1.3', json }, (value): Reading<'TLSv1.2' | 'TLSv1.3'> => {
    const version = String(value).replace(/^TLSv/, '')
    if (version === '1.2') return { value: 'TLSv1.2' }
    if (version === '1.3') return { value: 'TLSv1.3' }
    return wrongType('1.2 or 1.3', value)
  })
}
