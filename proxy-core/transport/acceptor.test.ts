/** Contract: every connection is handed over exactly once, unread, and whoever has it keeps it. */
import { once } from 'node:events'
import { connect, Server, type Socket } from 'node:net'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { eventually } from '../../test/servers/eventually.ts'
import { Acceptor, type AcceptedHandle } from './acceptor.ts'
import { NetTransport } from './net-transport.ts'

afterEach(() => vi.restoreAllMocks())

interface Listening {
  readonly acceptor: Acceptor
  readonly port: number
  readonly handles: AcceptedHandle[]
  readonly failures: NodeJS.ErrnoException[]
}

async function listen(): Promise<Listening> {
  const handles: AcceptedHandle[] = []
  const failures: NodeJS.ErrnoException[] = []
  const acceptor = new Acceptor({
    accepted: (handle) => handles.push(handle),
    failed: (error) => failures.push(error)
  })
  const { port } = await acceptor.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => acceptor.close())
  return { acceptor, port, handles, failures }
}

async function dial(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** What arrives on the handle, read as the data path reads it; answered by an echo. */
function echoOn(handle: AcceptedHandle): {
  readonly text: string
  readonly transport: NetTransport
} {
  const seen = { text: '', transport: null as unknown as NetTransport }
  seen.transport = new NetTransport(
    {
      bytesArrived: (buffer, end) => {
        const text = buffer.toString('latin1', 0, end)
        seen.text += text
        seen.transport.write(text)
      },
      peerEnded: () => seen.transport.end(),
      drained: () => undefined,
      closed: () => undefined
    },
    handle
  )
  onTestFinished(() => seen.transport.destroy())
  return seen
}

async function echoes(listening: Listening): Promise<void> {
  const client = await dial(listening.port)
  client.write('before ')
  await eventually('the handle', () => listening.handles.length === 1)
  const seen = echoOn(listening.handles[0]!)
  client.write('after')
  let back = ''
  client.on('data', (bytes: Buffer) => (back += bytes.toString()))
  await eventually('the echo', () => back === 'before after')
  expect(seen.transport.remotePort).toBe(client.localPort)
  expect(seen.transport.localPort).toBe(listening.port)
  client.end()
  await once(client, 'close')
}

test('a connection is handed over with all that its client has sent', async () => {
  const listening = await listen()
  await echoes(listening)
  expect(listening.handles).toHaveLength(1)
  expect(listening.failures).toEqual([])
})

test('also where Node does not let the handle be taken before its own socket is made', async () => {
  const original = Server.prototype.listen
  vi.spyOn(Server.prototype, 'listen').mockImplementation(function (this: Server, ...args) {
    this.prependOnceListener('listening', () => {
      const { _handle: handle } = this as unknown as { _handle: { onconnection: () => void } }
      // Not a property that can be replaced: what is assigned is forgotten.
      const taken = handle.onconnection
      Object.defineProperty(handle, 'onconnection', { get: () => taken, set: () => undefined })
    })
    return (original as (...all: unknown[]) => Server).apply(this, args)
  })
  const listening = await listen()
  await echoes(listening)
  expect(listening.handles).toHaveLength(1)
})

test('a failed accept is told, and accepting goes on', async () => {
  const servers = vi.spyOn(Server.prototype, 'listen')
  const { failures, handles, port } = await listen()
  const server = servers.mock.contexts[0] as unknown as {
    _handle: { onconnection(status: number): void }
  }
  const EMFILE = -24
  server._handle.onconnection(EMFILE)
  expect(failures.map(({ code }) => code)).toEqual(['EMFILE'])
  await dial(port)
  await eventually('the handle', () => handles.length === 1)
  handles[0]!.close()
})

test('closing refuses new connections and leaves those that were handed over', async () => {
  const listening = await listen()
  const client = await dial(listening.port)
  await eventually('the handle', () => listening.handles.length === 1)
  listening.acceptor.close()
  await expect(dial(listening.port)).rejects.toThrow('ECONNREFUSED')
  echoOn(listening.handles[0]!)
  client.write('still here')
  const [bytes] = (await once(client, 'data')) as [Buffer]
  expect(bytes.toString()).toBe('still here')
})

test('an address in use is an error of listening, not of the process', async () => {
  const { port } = await listen()
  const other = new Acceptor({ accepted: () => undefined, failed: () => undefined })
  await expect(other.listen({ host: '127.0.0.1', port })).rejects.toThrow('EADDRINUSE')
})
