/** Who the client is: the peer, or what trusted proxies in front of us say. */
import { BlockList, isIP } from 'node:net'
import { forwardedForChain } from '../http1/request-writer.ts'
import type { RequestParser } from '../http1/request-parser.ts'

const IPV4_MAPPED = '::ffff:'

/** The networks whose word about the client is believed. */
export class TrustedNetworks {
  readonly #list = new BlockList()
  readonly #isEmpty: boolean

  /** CIDR blocks or single addresses, already validated. */
  constructor(blocks: readonly string[]) {
    this.#isEmpty = blocks.length === 0
    for (const block of blocks) {
      const [address, prefix] = block.split('/') as [string, string | undefined]
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
      const length = prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix)
      this.#list.addSubnet(address, length, family)
    }
  }

  has(address: string): boolean {
    if (this.#isEmpty) return false
    const family = isIP(address)
    return family !== 0 && this.#list.check(address, family === 6 ? 'ipv6' : 'ipv4')
  }
}

/** An IPv4 peer of a dual-stack socket, as people write it. */
export function plainAddress(address: string): string {
  return address.startsWith(IPV4_MAPPED) ? address.slice(IPV4_MAPPED.length) : address
}

/**
 * The nearest address in X-Forwarded-For that is not one of our own proxies, read from the
 * right, because everything left of an untrusted hop can be forged.
 */
export function effectiveClientAddress(
  trust: TrustedNetworks,
  parser: RequestParser,
  text: string,
  peerAddress: string
): string {
  if (parser.forwardedForIndex < 0) return peerAddress
  const hops = forwardedForChain(parser, text).split(',')
  let address = peerAddress
  for (let index = hops.length - 1; index >= 0; index--) {
    const hop = hops[index]!.trim().replace(/^\[|\](:\d+)?$/g, '')
    if (isIP(hop) === 0) return address
    address = plainAddress(hop)
    if (!trust.has(address)) return address
  }
  return address
}
