/** The way to the host: over the bridge's port where there is a bridge, with the tab's key else. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { contractParts } from '../../main/contract/testing/contract-host.ts'
import { serveContract } from '../../main/contract/serve-contract.ts'
import { PORT_MESSAGE } from '../../preload/contract/bridge.ts'
import { systemClock } from '../../proxy-core/time/clock.ts'
import type { ContractClient } from './contract-client.ts'
import { connectConsole } from './connect.ts'
import { messagePortChannel } from './message-port-channel.ts'

const ORIGIN = 'http://127.0.0.1:7000'

/** The parts of a browser's window that the connection needs, without a key in its storage. */
class BareWindow extends EventTarget {
  readonly location = {
    origin: ORIGIN,
    hash: '',
    pathname: '/',
    search: '',
    protocol: 'http:',
    host: ''
  }
  readonly history = { replaceState: () => {} }
  readonly sessionStorage = { getItem: () => null, setItem: () => {} }
  readonly performance = performance
  readonly crypto = crypto
  readonly setTimeout = setTimeout
  readonly clearTimeout = clearTimeout
  switchyard?: { openPort(nonce: string): void }
}

let window: BareWindow
let client: ContractClient

beforeEach(() => {
  window = new BareWindow()
})
afterEach(() => client.close())

describe('connectConsole', () => {
  test('opens the contract over the port that the bridge hands out', async () => {
    const parts = contractParts(systemClock)
    window.switchyard = {
      openPort(nonce) {
        const { port1, port2 } = new MessageChannel()
        serveContract(messagePortChannel(port2), parts)
        const data = { kind: PORT_MESSAGE, nonce }
        const event = Object.assign(new Event('message'), {
          data,
          source: window,
          origin: ORIGIN,
          ports: [port1]
        })
        queueMicrotask(() => window.dispatchEvent(event))
      }
    }
    client = connectConsole(window as unknown as Window, () => {})
    await expect(client.opened).resolves.toEqual(parts.hello)
    expect(client.connection).toEqual({ kind: 'open' })
  })

  test('ends for good where the tab has no key', async () => {
    client = connectConsole(window as unknown as Window, () => {})
    await expect(client.opened).rejects.toMatchObject({ code: 'ACCESS_REFUSED' })
    expect(client.connection).toMatchObject({ kind: 'closed', cause: 'no_key' })
  })
})
