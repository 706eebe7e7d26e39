/** The forms of a request target (RFC 9112 section 3.2) and the authority it must agree on. */
import { isAuthority } from '../http1/authority.ts'
import { HEAD_FAULTS, type HeadFault } from '../http1/head-fault.ts'

export interface RequestTarget {
  /** Path and query as they are forwarded; "*" for OPTIONS. */
  readonly target: string
  /** The Host to route by: the field's, or the absolute form's when HTTP/1.0 sent no field. */
  readonly host: string
}

const ABSOLUTE = /^https?:\/\/([^/?]*)(.*)$/i

/** `host`: value of the Host field, or '' without one. */
export function requestTarget(
  received: string,
  method: string,
  host: string
): RequestTarget | HeadFault {
  if (method === 'CONNECT') return HEAD_FAULTS.connectMethod
  if (received.charCodeAt(0) === 0x2f) return { target: received, host }
  if (received === '*') return method === 'OPTIONS' ? { target: '*', host } : HEAD_FAULTS.target
  const absolute = ABSOLUTE.exec(received)
  if (absolute === null) return HEAD_FAULTS.target
  const authority = absolute[1]!
  const rest = absolute[2]!
  const octets = Buffer.from(authority, 'latin1')
  if (!isAuthority(octets, 0, octets.length)) return HEAD_FAULTS.target
  if (host !== '' && withoutDefaultPort(host) !== withoutDefaultPort(authority)) {
    return HEAD_FAULTS.authorityMismatch
  }
  const target = rest === '' ? '/' : rest.startsWith('/') ? rest : `/${rest}`
  return { target, host: host === '' ? authority : host }
}

function withoutDefaultPort(authority: string): string {
  return authority.toLowerCase().replace(/:(80|443)?$/, '')
}
