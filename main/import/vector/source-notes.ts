/** Keys of Vector's `http_server` source that have no counterpart. */
import type { KeyNotes } from './key-note.ts'

const BODIES = {
  why: 'Bodies are passed on octet by octet and never read into events.'
} as const

export const SOURCE_NOTES: KeyNotes = {
  acknowledgements: {
    why: 'A client always gets the answer of the backend, or 202 once a stored request is safe on disk.',
    origin: 'At a source it has no effect; it belongs to the sink or to the top level.'
  },
  auth: {
    why: 'Listeners ask nobody for a password.',
    instead:
      'Let the backend check it: the Authorization field is passed on. Until it does, whoever reaches the listener is let in.'
  },
  decoding: BODIES,
  encoding: { ...BODIES, origin: 'Deprecated in favour of `decoding` and `framing`.' },
  framing: BODIES,
  host_key: {
    why: 'There is no event to put the address of the client into.',
    instead: 'Backends are told it in X-Forwarded-For and X-Real-IP.'
  },
  keepalive: {
    why: 'A connection of a client may get as old as it likes while it is used.',
    instead: '`timeouts.keep_alive` of the listener closes idle ones.'
  },
  log_namespace: { why: 'There are no events, and so no names of their fields.' },
  path_key: {
    why: 'There is no event to put the path into.',
    instead: 'Nothing: the backend gets the path in its request line.'
  },
  response_code: {
    why: 'The client gets the status that the backend answers, or 202 for a request that was stored.'
  },
  'tls.alpn_protocols': {
    why: 'HTTP/2 and HTTP/1.1 are both offered on a listener with TLS.',
    instead: 'Write `http2: false` at the listener to offer HTTP/1.1 alone.'
  },
  'tls.ca_file': { why: 'Listeners do not ask clients for certificates.' },
  'tls.key_pass': {
    why: 'Keys with a passphrase are not read.',
    instead: 'Save the key without one, in a file that only this user may read (mode 0600).'
  },
  'tls.verify_certificate': {
    why: 'Listeners do not ask clients for certificates.',
    instead: 'Where clients must show one, put a proxy that asks for it in front.'
  },
  'tls.verify_hostname': { why: 'It is for connections that go out; this one comes in.' },
  'tls.server_name': { why: 'It is for connections that go out; this one comes in.' }
}
