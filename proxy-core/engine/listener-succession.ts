/**
 * The new sockets of a reload. Where a new listener takes the port of one that runs in another
 * way (with TLS and without, on all addresses and on one), the old one stops accepting just
 * before, for the system lets only one have it: connections that arrive in those moments are
 * refused, those that stand are not touched. If anything fails later, the old one listens again.
 */
import type { Listener } from '../listener/listener.ts'
import type { HostPort, ListenerSettings } from '../model/settings.ts'

/** Every address of the machine. */
const WILDCARDS: readonly string[] = ['0.0.0.0', '::', '*']

export class ListenerSuccession {
  readonly added = new Map<ListenerSettings, Listener>()
  readonly #running: readonly Listener[]
  readonly #displaced: Listener[] = []

  constructor(running: readonly Listener[]) {
    this.#running = running
  }

  /** Rejects with Node's error when the address cannot be bound. */
  async open(settings: ListenerSettings, listener: Listener): Promise<void> {
    for (const former of this.#running) {
      if (!former.isOpen || !overlaps(former.settings.address, settings.address)) continue
      former.stopAccepting()
      this.#displaced.push(former)
    }
    await listener.open()
    this.added.set(settings, listener)
  }

  /** Gives the ports back to those who had them. */
  async undo(): Promise<void> {
    for (const listener of this.added.values()) void listener.drain()
    for (const former of this.#displaced) await former.open()
  }
}

function overlaps(one: HostPort, other: HostPort): boolean {
  if (one.port !== other.port || one.port === 0) return false
  return one.host === other.host || [one.host, other.host].some((host) => WILDCARDS.includes(host))
}
