/** Opens the transport to a backend: plain TCP, or TLS with the pool's trust. */
import { checkServerIdentity, connect as connectTls, type ConnectionOptions } from 'node:tls'
import { NetTransport } from '../transport/net-transport.ts'
import { TlsTransport } from '../transport/tls-transport.ts'
import type { Transport, TransportOwner } from '../transport/transport.ts'
import type { UpstreamTrust } from './upstream-trust.ts'

export interface DialTarget {
  /** A resolved address. */
  readonly address: string
  readonly port: number
  readonly tls: DialTls | null
}

export interface DialTls extends Omit<UpstreamTrust, 'serverName'> {
  readonly serverName: string
}

/** `connected` is called once when the transport can be written to; failures reach `owner.closed`. */
export function dial(target: DialTarget, owner: TransportOwner, connected: () => void): Transport {
  if (target.tls !== null) return dialTls(target, target.tls, owner, connected)
  const transport = new NetTransport(owner)
  transport.socket.once('connect', connected)
  transport.socket.connect({ host: target.address, port: target.port })
  return transport
}

function dialTls(
  target: DialTarget,
  tls: DialTls,
  owner: TransportOwner,
  connected: () => void
): Transport {
  const options: ConnectionOptions = {
    host: target.address,
    port: target.port,
    secureContext: tls.context,
    // SNI must be a name: RFC 6066 section 3 forbids addresses.
    servername: isAddress(tls.serverName) ? '' : tls.serverName,
    rejectUnauthorized: tls.isVerifying,
    ALPNProtocols: ['http/1.1'],
    ...(tls.isVerifying ? { checkServerIdentity: identityCheckFor(tls.serverName) } : {})
  }
  const socket = connectTls(options)
  socket.setNoDelay(true)
  socket.once('secureConnect', connected)
  return new TlsTransport(owner, socket)
}

function isAddress(name: string): boolean {
  return name.includes(':') || /^\d+(\.\d+){3}$/.test(name)
}

/** Node checks the name it connected to; ours is an address, so the name is put in its place. */
function identityCheckFor(
  serverName: string
): NonNullable<ConnectionOptions['checkServerIdentity']> {
  return (_connectedTo, certificate) => checkServerIdentity(serverName, certificate)
}
