/** A TCP port on loopback that nobody uses now, for programs that cannot report port 0's choice. */
import { createServer, type AddressInfo } from 'node:net'

/** Ports handed out by this process, so that two concurrent callers never get the same one. */
const given = new Set<number>()

export async function freePort(): Promise<number> {
  for (;;) {
    const port = await probe()
    if (given.has(port)) continue
    given.add(port)
    return port
  }
}

function probe(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
