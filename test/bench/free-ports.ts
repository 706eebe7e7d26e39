/** Ports for the servers of one run, below the range from which the kernel picks its own. */
import { createServer } from 'node:net'

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

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
