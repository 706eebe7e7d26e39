/**
 * A page's end of the contract on a clock that the test moves, and the host's ends of its
 * channels.
 */
import { expect, onTestFinished } from 'vitest'
import {
  contractParts,
  settled,
  type HostServices
} from '../../main/contract/testing/contract-host.ts'
import { serveContract } from '../../main/contract/serve-contract.ts'
import type { Channel } from '../../preload/contract/channel.ts'
import { memoryChannel } from '../../preload/contract/memory-channel.ts'
import { ManualClock } from './manual-clock.ts'
import { ContractClient } from '../../renderer/backend/contract-client.ts'

/** One for each test; its client is closed when the test ends, and must leave no timer. */
export class PageOfHost {
  readonly clock = new ManualClock()
  /** The host's ends of all channels, newest last. */
  readonly links: Channel[] = []
  readonly defects: unknown[] = []
  operations = 0
  /** What the next attempts to open a channel meet. */
  obstacles: Error[] = []
  #client: ContractClient | null = null

  get client(): ContractClient {
    return this.#client!
  }

  /** A client of a host with these services; resolves when everything has happened that can at once. */
  connected(services: HostServices = {}): Promise<ContractClient> {
    const parts = contractParts(this.clock, services)
    return this.to((channel) => serveContract(channel, parts))
  }

  async to(serve: (channel: Channel) => void): Promise<ContractClient> {
    const client = new ContractClient({
      openChannel: () => this.#open(serve),
      clock: this.clock,
      random: () => 0,
      newOperationId: () => `operation-of-the-test-${++this.operations}`,
      onDefect: (error) => this.defects.push(error)
    })
    this.#client = client
    onTestFinished(() => {
      client.close()
      expect(this.clock.pendingCount).toBe(0)
    })
    await settled()
    return client
  }

  async cut(reason = 'The host has gone.'): Promise<void> {
    this.links.at(-1)!.close(reason)
    await settled()
  }

  #open(serve: (channel: Channel) => void): Promise<Channel> {
    const obstacle = this.obstacles.shift()
    if (obstacle !== undefined) return Promise.reject(obstacle)
    const [page, host] = memoryChannel()
    this.links.push(host)
    serve(host)
    return Promise.resolve(page)
  }
}
