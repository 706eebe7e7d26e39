/** The desktop window's port: taken only from ourselves, with the nonce that was asked for. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { PORT_MESSAGE } from '../../preload/contract/bridge.ts'
import { receivePort } from './desktop-port.ts'

const ORIGIN = 'app://console'

/** The part of a window that hands messages around. */
class MessageWindow extends EventTarget {
  readonly location = { origin: ORIGIN }
  readonly crypto = { randomUUID: () => 'nonce-1' }
  readonly #timers = new Map<number, () => void>()

  setTimeout(run: () => void): number {
    this.#timers.set(1, run)
    return 1
  }

  clearTimeout(id: number): void {
    this.#timers.delete(id)
  }

  get timerCount(): number {
    return this.#timers.size
  }

  fireTimers(): void {
    for (const run of [...this.#timers.values()]) run()
  }

  receive(data: unknown, given: Record<string, unknown> = {}): void {
    const event = Object.assign(new Event('message'), {
      data,
      source: this,
      origin: ORIGIN,
      ports: [port],
      ...given
    })
    this.dispatchEvent(event)
  }
}

let port: MessagePort
let window: MessageWindow
const bridge = { openPort: vi.fn<(nonce: string) => void>() }

beforeEach(() => {
  port = new MessageChannel().port1
  window = new MessageWindow()
  bridge.openPort.mockReset()
})
afterEach(() => port.close())

const receiving = (): Promise<MessagePort> => receivePort(window as unknown as Window, bridge)

describe('receivePort', () => {
  test('asks with a nonce and takes the port that comes with it', async () => {
    const received = receiving()
    expect(bridge.openPort).toHaveBeenCalledWith('nonce-1')
    window.receive({ kind: PORT_MESSAGE, nonce: 'nonce-1' })
    await expect(received).resolves.toBe(port)
    expect(window.timerCount).toBe(0)
  })

  test.each([
    ['another nonce', { kind: PORT_MESSAGE, nonce: 'x' }, {}],
    ['another kind', { kind: 'x', nonce: 'nonce-1' }, {}],
    ['no object', 'nonce-1', {}],
    ['null', null, {}],
    ['another origin', { kind: PORT_MESSAGE, nonce: 'nonce-1' }, { origin: 'https://evil.test' }],
    ['another window', { kind: PORT_MESSAGE, nonce: 'nonce-1' }, { source: null }],
    ['no port', { kind: PORT_MESSAGE, nonce: 'nonce-1' }, { ports: [] }]
  ])('ignores a message with %s and gives up in time', async (_what, data, given) => {
    const received = receiving()
    window.receive(data, given)
    window.fireTimers()
    await expect(received).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
  })
})
