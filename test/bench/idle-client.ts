/**
 * `node idle-client.ts <port> <count>`: opens so many connections, asks for one response
 * on each, prints "open <count>" and holds them until its standard input closes.
 */
import { connect, type Socket } from 'node:net'

const OPENING_AT_ONCE = 100
const REQUEST = 'GET /tiny HTTP/1.1\r\nHost: idle.example.test\r\n\r\n'

const [port = 0, count = 0] = process.argv.slice(2).map(Number)
const held: Socket[] = []
let isFinished = false

async function openConnections(): Promise<void> {
  let started = 0
  const open = async (): Promise<void> => {
    while (started < count) {
      started++
      held.push(await answeredConnection())
    }
  }
  await Promise.all(Array.from({ length: OPENING_AT_ONCE }, open))
  process.stdout.write(`open ${held.length}\n`)
}

function answeredConnection(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(REQUEST))
    let received = ''
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      if (isComplete(received)) resolve(socket)
    })
    socket.on('error', reject)
    socket.on('close', () => {
      if (isFinished) return
      process.stderr.write('The proxy closed an idle connection.\n')
      process.exit(1)
    })
  })
}

function isComplete(response: string): boolean {
  const headEnd = response.indexOf('\r\n\r\n')
  const length = /\r\ncontent-length: *(\d+)/i.exec(response)?.[1]
  return headEnd >= 0 && length !== undefined && response.length >= headEnd + 4 + Number(length)
}

process.stdin.resume()
process.stdin.on('end', () => {
  isFinished = true
  process.exit(0)
})
await openConnections()
