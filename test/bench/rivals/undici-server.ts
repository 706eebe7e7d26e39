/** `node undici-server.ts <port> <backend port>...` */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Pool, type Dispatcher } from 'undici'
import { portsFromArguments } from './node-rival.ts'

const KEEP_ALIVE_MS = 600_000
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade'
])

const { port, backendPorts } = portsFromArguments()
const pools = backendPorts.map(
  (each) => new Pool(`http://127.0.0.1:${each}`, { keepAliveTimeout: KEEP_ALIVE_MS })
)
let next = 0

const server = createServer((request, response) => {
  const hasBody =
    request.headers['content-length'] !== undefined ||
    request.headers['transfer-encoding'] !== undefined
  pools[next++ % pools.length]!.dispatch(
    {
      path: request.url!,
      method: request.method!,
      headers: forwardedHead(request),
      body: hasBody ? request : null
    },
    relayTo(response)
  )
})
server.keepAliveTimeout = KEEP_ALIVE_MS
server.listen(port, '127.0.0.1', 4096)

function forwardedHead(request: IncomingMessage): string[] {
  const received = request.rawHeaders
  const forwarded = ['x-forwarded-for', request.socket.remoteAddress ?? '']
  for (let i = 0; i < received.length; i += 2) {
    if (!HOP_BY_HOP.has(received[i]!.toLowerCase())) forwarded.push(received[i]!, received[i + 1]!)
  }
  return forwarded
}

function relayTo(response: ServerResponse): Dispatcher.DispatchHandler {
  return {
    onRequestStart(controller) {
      response.once('close', () => {
        if (!response.writableEnded) controller.abort(new Error('The client left.'))
      })
    },
    onResponseStart(_controller, status, headers) {
      if (status < 200) return
      for (const name of HOP_BY_HOP) delete headers[name]
      response.writeHead(status, headers)
    },
    onResponseData(controller, chunk) {
      if (response.write(chunk)) return
      controller.pause()
      response.once('drain', () => controller.resume())
    },
    onResponseEnd() {
      response.end()
    },
    onResponseError() {
      if (response.headersSent) response.destroy()
      else response.writeHead(502).end()
    }
  }
}
