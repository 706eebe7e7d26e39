/** A WebSocket server in this process that echoes every message and greets with its name. */
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'

export interface WebSocketEcho {
  readonly port: number
  readonly address: string
  /** Connections that are open now. */
  readonly sockets: ReadonlySet<WebSocket>
  stop(): Promise<void>
}

export async function startWebSocketEcho(): Promise<WebSocketEcho> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
  })
  await new Promise<void>((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    address: `127.0.0.1:${port}`,
    sockets: server.clients,
    async stop() {
      for (const socket of server.clients) socket.terminate()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    }
  }
}
