/**
 * The smallest server that a proxy can be measured with: one prepared answer for every
 * request, whatever it asks. It understands requests without a body only.
 */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

const HEAD_END = Buffer.from('\r\n\r\n')

/** Listens on a free loopback port. */
export async function startTinyBackend(bodyBytes: number): Promise<Server> {
  const answer = Buffer.concat([
    Buffer.from(
      `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${bodyBytes}\r\n\r\n`
    ),
    Buffer.alloc(bodyBytes, 'x')
  ])
  const server = createServer({ noDelay: true }, (socket) => answerEach(socket, answer))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return server
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

function answerEach(socket: Socket, answer: Buffer): void {
  let rest: Buffer = Buffer.alloc(0)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    let from = 0
    for (let end = bytes.indexOf(HEAD_END); end >= 0; end = bytes.indexOf(HEAD_END, from)) {
      from = end + HEAD_END.length
      socket.write(answer)
    }
    rest = bytes.subarray(from)
  })
}
