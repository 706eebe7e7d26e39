/** Keys of Vector's `http` sink that have no counterpart, those of seed 000 that Vector never had among them. */
import type { KeyNotes } from './key-note.ts'

const ENCODED = {
  why: 'A request is passed on as it came: its method, path, fields and body stay what they are.',
  origin:
    'It says how events are written into the body of a new POST; what the client sent is not kept.',
  instead: 'Nothing, unless the backend expects what Vector makes: the array of events.'
} as const

const BATCHED = {
  why: 'Each request goes out by itself, and its client gets the answer to it.',
  origin: 'Events of many clients become one POST.'
} as const

const RETRY_TUNING = {
  why: 'The limit is found by another method, which has no such number.'
} as const

const PROXIED = {
  why: 'Backends are spoken to directly.',
  instead: 'Name a backend that can be reached without an HTTP proxy.'
} as const

export const SINK_NOTES: KeyNotes = {
  'acknowledgements.indexer_acknowledgements_enabled': {
    why: 'It belongs to the sinks of Splunk.'
  },
  auth: {
    why: 'No credentials are added to a request.',
    instead: 'Let clients send them: the Authorization field is passed on as it came.'
  },
  authorization_config: {
    why: 'No credentials are added to a request.',
    instead: 'Let clients send them: the Authorization field is passed on as it came.'
  },
  batch: BATCHED,
  compression: {
    why: 'Bodies are passed on octet by octet and never compressed.',
    instead: 'Nothing: a body that the client compressed arrives compressed.'
  },
  encoding: ENCODED,
  framing: ENCODED,
  payload_prefix: ENCODED,
  payload_suffix: ENCODED,
  graph: { why: 'It is for the picture that `vector graph` draws.' },
  headers: {
    why: 'No fields are added to a request beside those of a proxy.',
    origin: 'Deprecated in favour of `request.headers`.',
    instead: 'Let the client send the field, or the backend do without it.'
  },
  method: {
    why: 'A request keeps the method that its client chose.',
    origin: 'Every request goes out with this method, whatever came in.',
    instead: 'Where only some methods may pass, write `methods` at the route.'
  },
  proxy: PROXIED,
  'request.adaptive_concurrency': {
    ...RETRY_TUNING,
    instead: '`adaptive_concurrency` of the pool has `min`, `max`, `initial` and `window`.'
  },
  'request.headers': {
    why: 'No fields are added to a request beside those of a proxy.',
    instead: 'Let the client send the field, or the backend do without it.'
  },
  'tls.alpn_protocols': { why: 'Backends are spoken to in HTTP/1.1.' },
  'tls.key_pass': {
    why: 'Keys with a passphrase are not read.',
    instead: 'Save the key without one, in a file that only this user may read (mode 0600).'
  },
  'tls.verify_hostname': {
    why: 'A certificate is checked wholly or not at all.',
    instead: 'Write the name that the certificate carries: `tls: { server_name: … }` of the pool.'
  }
}
