/**
 * The backend of the scenarios, a process of its own so that it can be killed and frozen:
 * `node echo-backend.ts <name> <port>`. Answers say who answered what, so that a response
 * given to the wrong request is seen at once.
 *
 *   /health          200 while the process runs
 *   /bytes/<n>       n predictable bytes, byte ranges included
 *   /slow/<ms>       answers after ms milliseconds
 *   anything else    "<name> <target> <x-nonce> <body bytes> <sha256 of the body, 16 digits>"
 *   Upgrade          a WebSocket that echoes
 */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

const [name = 'echo', port = '0'] = process.argv.slice(2)

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  response.setHeader('X-Backend', name)
  const [, kind, argument] = (request.url ?? '/').split('/')
  if (kind === 'health') response.end('ok')
  else if (kind === 'bytes') sendBytes(request, response, Number(argument))
  else if (kind === 'slow') setTimeout(() => describe(request, response), Number(argument))
  else describe(request, response)
})

new WebSocketServer({ server }).on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
})

// The standard input ends with the test process, also when that was killed.
process.stdin.resume().on('end', () => process.exit())

server.listen(Number(port), '127.0.0.1', () => {
  console.log(`listening ${(server.address() as AddressInfo).port}`)
})

function describe(request: IncomingMessage, response: ServerResponse): void {
  const digest = createHash('sha256')
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    digest.update(chunk)
    bytes += chunk.length
  })
  request.on('end', () => {
    const nonce = request.headers['x-nonce'] ?? '-'
    const sum = digest.digest('hex').slice(0, 16)
    response.end(`${name} ${request.url} ${String(nonce)} ${bytes} ${sum}`)
  })
}

function sendBytes(request: IncomingMessage, response: ServerResponse, size: number): void {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
  const from = range ? Number(range[1]) : 0
  const to = range ? Math.min(Number(range[2]) + 1, size) : size
  if (range) {
    response.statusCode = 206
    response.setHeader('Content-Range', `bytes ${from}-${to - 1}/${size}`)
  }
  response.setHeader('Content-Length', to - from)
  if (request.method === 'HEAD') return void response.end()
  sendRange(response, from, to)
}

/** In pieces, with backpressure; the byte at position n is n modulo 251. */
function sendRange(response: ServerResponse, from: number, to: number): void {
  for (let at = from; at < to;) {
    const piece = Buffer.alloc(Math.min(65_536, to - at), 0)
    for (let index = 0; index < piece.length; index += 1) piece[index] = (at + index) % 251
    at += piece.length
    if (!response.write(piece)) {
      const next = at
      return void response.once('drain', () => sendRange(response, next, to))
    }
  }
  response.end()
}
