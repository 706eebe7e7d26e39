/** The doubles of `MessageChannelMain` and its ports, which can be handed to a page. */
import { Emitter, type Listener } from './emitter.ts'
import { strict } from './strict.ts'

/** What a port talks to: the other port, or the end of it inside a page. */
export interface PortPeer {
  deliver(data: unknown): void
  closed(): void
}

export class DoublePort implements PortPeer {
  readonly #emitter = new Emitter('MessagePortMain', ['message', 'close'])
  #peer: PortPeer | null = null
  /** Messages that came before `start`; null afterwards. */
  #early: unknown[] | null = []
  #isClosed = false

  on(event: string, listener: Listener): void {
    this.#emitter.add(event, listener)
  }

  start(): void {
    const early = this.#early ?? []
    this.#early = null
    for (const data of early) this.#emitter.emit('message', { data, ports: [] })
  }

  postMessage(message: unknown): void {
    if (this.#isClosed) return
    const copy: unknown = structuredClone(message)
    const peer = this.#peer
    queueMicrotask(() => peer?.deliver(copy))
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    const peer = this.#peer
    queueMicrotask(() => peer?.closed())
    queueMicrotask(() => this.#emitter.emit('close'))
  }

  deliver(data: unknown): void {
    if (this.#isClosed) return
    if (this.#early === null) this.#emitter.emit('message', { data, ports: [] })
    else this.#early.push(data)
  }

  closed(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#emitter.emit('close')
  }

  connect(peer: PortPeer): void {
    this.#peer = peer
  }

  /** The other port of the channel, which was handed to a page and acts for that page now. */
  get other(): PortPeer {
    if (this.#peer === null) throw new Error('The port belongs to no channel.')
    return this.#peer
  }
}

/** The port behind the object that main code holds: that one refuses what is not modelled. */
const bare = new WeakMap<object, DoublePort>()

export class MessageChannelMain {
  readonly port1: DoublePort
  readonly port2: DoublePort

  constructor() {
    const [left, right] = [new DoublePort(), new DoublePort()]
    left.connect(right)
    right.connect(left)
    this.port1 = outward(left)
    this.port2 = outward(right)
  }
}

export function barePort(port: object): DoublePort {
  const found = bare.get(port)
  if (found === undefined) throw new Error('Only a port of MessageChannelMain can be transferred.')
  return found
}

function outward(port: DoublePort): DoublePort {
  const shown = strict('MessagePortMain', port)
  bare.set(shown, port)
  return shown
}
