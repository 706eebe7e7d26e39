/**
 * A host of the contract whose services are the test's: what is not given throws, so that a test
 * sees every call that it did not expect.
 */
import { memoryChannel } from '../../../preload/contract/memory-channel.ts'
import type { Channel } from '../../../preload/contract/channel.ts'
import type { FromHost, FromPage } from '../../../preload/contract/envelope.ts'
import { METHODS } from '../../../preload/contract/methods.ts'
import { TOPICS } from '../../../preload/contract/topics.ts'
import type { Clock } from '../../../proxy-core/time/clock.ts'
import { helloFrom } from '../../page/hello.ts'
import type { ContractParts } from '../contract-parts.ts'
import type { MethodHandlers } from '../method-handlers.ts'
import { OperationBook } from '../operation-book.ts'
import { serveContract } from '../serve-contract.ts'
import type { TopicSources } from '../topic-sources.ts'

export interface HostServices {
  readonly handlers?: Partial<MethodHandlers>
  readonly topics?: Partial<TopicSources>
}

export function contractParts(
  clock: Clock,
  { handlers = {}, topics = {} }: HostServices = {}
): ContractParts & { readonly lines: string[] } {
  const lines: string[] = []
  return {
    hello: helloFrom('web', '1.2.3'),
    handlers: { ...unexpectedHandlers(), ...handlers },
    topics: { ...unexpectedTopics(), ...topics },
    operations: new OperationBook(clock),
    actor: 'operator (test)',
    clock,
    log: (line) => lines.push(line),
    areResultsChecked: true,
    lines
  }
}

/** The page's end of a served channel, frame by frame. */
export class RawPage {
  readonly received: FromHost[] = []
  closeReason: string | null = null
  readonly #channel: Channel

  constructor(channel: Channel) {
    this.#channel = channel
    channel.onFrame((frame) => this.received.push(frame as FromHost))
    channel.onClose((reason) => (this.closeReason = reason))
  }

  static on(parts: ContractParts): RawPage {
    const [page, host] = memoryChannel()
    serveContract(host, parts)
    return new RawPage(page)
  }

  /** Has said hello and heard the host's. */
  static async greeted(parts: ContractParts): Promise<RawPage> {
    const page = RawPage.on(parts)
    await page.say({ t: 'hello', contract: parts.hello.contract })
    page.received.length = 0
    return page
  }

  /** Sends, and waits until everything that follows at once has happened. */
  async say(...frames: readonly (FromPage | object)[]): Promise<void> {
    for (const frame of frames) this.#channel.send(frame)
    await settled()
  }

  close(): void {
    this.#channel.close('The page was closed.')
  }
}

/** Resolves after all microtasks that are queued now and those that they queue. */
export async function settled(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve))
}

function unexpectedHandlers(): MethodHandlers {
  return every(METHODS, (name) => () => {
    throw new Error(`Nobody expected the call ${name}.`)
  }) as unknown as MethodHandlers
}

function unexpectedTopics(): TopicSources {
  return every(TOPICS, (name) => ({
    open: () => {
      throw new Error(`Nobody expected the topic ${name}.`)
    }
  })) as unknown as TopicSources
}

function every(registry: object, make: (name: string) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.keys(registry).map((name) => [name, make(name)]))
}
