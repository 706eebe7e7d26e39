/** Turns a host name into addresses. A parameter of the engine, so that tests never touch DNS. */
import { lookup } from 'node:dns/promises'

export interface Resolver {
  /** At least one IP address in the order of preference. Rejects when there is none. */
  resolve(host: string): Promise<readonly string[]>
}

/**
 * As every other program on this machine resolves: hosts file, DNS, search domains, IPv4 and
 * IPv6. A look-up occupies one of the four threads that Node also reads files with, so
 * `AddressBook` bounds how many run.
 */
export class SystemResolver implements Resolver {
  async resolve(host: string): Promise<readonly string[]> {
    const found = await lookup(host, { all: true, order: 'verbatim' })
    return [...new Set(found.map(({ address }) => address))]
  }
}

export const systemResolver: Resolver = new SystemResolver()
