/**
 * Ports for the servers of one run, below the range from which the kernel picks its own: a server
 * of another test that asks for any port never gets one that was freed here, and a backend that
 * was stopped stays gone.
 */
import { createServer, type Server } from 'node:net'

const FIRST = 12_000
const LAST = 32_000

let next = FIRST + Math.floor(Math.random() * 8000)

/** `count` consecutive ports that nobody listens on now. Throws when there is no such block. */
export async function freePorts(count: number): Promise<readonly number[]> {
  let block: number[] = []
  for (let tried = FIRST; tried < LAST; tried++) {
    if (next >= LAST) {
      next = FIRST
      block = []
    }
    const port = next++
    if (await isFree(port)) block.push(port)
    else block = []
    if (block.length === count) return block
  }
  throw new Error(`No ${count} consecutive free ports between ${FIRST} and ${LAST}.`)
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1)
  return port!
}

/** Lets `server` listen on such a port of loopback, and returns it. */
export async function listenOnFreePort(server: Server): Promise<number> {
  for (;;) {
    const port = await freePort()
    if (await couldListen(server, port)) return port
  }
}

/** false: another process took the port between the look and this. */
function couldListen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EADDRINUSE') resolve(false)
      else reject(error)
    }
    server.once('error', refuse)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', refuse)
      resolve(true)
    })
  })
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
