/** The preload bridge: the page gets one named request and nothing of Electron itself. */
import { describe, expect, test } from 'vitest'
import { createBridge, type HostLine } from './bridge.ts'
import { OPEN_PORT_CHANNEL, PORT_MESSAGE, TAKE_PORT_CHANNEL } from './contract/bridge.ts'

type Listener = Parameters<HostLine<string>['on']>[1]

function bridged() {
  const sent: unknown[] = []
  const posted: unknown[] = []
  const listeners = new Map<string, Listener>()
  const bridge = createBridge<string>(
    {
      send: (...words) => sent.push(words),
      on: (channel, listener) => listeners.set(channel, listener)
    },
    {
      location: { origin: 'app://console' },
      postMessage: (...words) => posted.push(words)
    }
  )
  const receive: Listener = (event, nonce) => listeners.get(TAKE_PORT_CHANNEL)!(event, nonce)
  return { bridge, sent, posted, listeners, receive }
}

describe('createBridge', () => {
  test('asks the host for a port with the nonce of the page', () => {
    const { bridge, sent } = bridged()
    bridge.openPort('nonce-1')
    expect(sent).toEqual([[OPEN_PORT_CHANNEL, 'nonce-1']])
  })

  test('hands a port to the page of its own origin only', () => {
    const { posted, listeners, receive } = bridged()
    expect([...listeners.keys()]).toEqual([TAKE_PORT_CHANNEL])
    receive({ ports: ['port'] }, 'nonce-1')
    const message = { kind: PORT_MESSAGE, nonce: 'nonce-1' }
    expect(posted).toEqual([[message, 'app://console', ['port']]])
  })

  test.each([
    ['no port', [], 'nonce-1'],
    ['no nonce', ['port'], undefined]
  ])('hands on nothing that comes with %s', (_what, ports, nonce) => {
    const { posted, receive } = bridged()
    receive({ ports }, nonce)
    expect(posted).toEqual([])
  })

  test('offers that one request and nothing else', () => {
    expect(Object.keys(bridged().bridge)).toEqual(['openPort'])
  })
})
