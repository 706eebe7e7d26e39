/**
 * A port on which the handshake of further connections never ends, as on an overloaded machine:
 * a frozen process whose backlog is full.
 */
import { connect, type Socket } from 'node:net'
import { ChildServer } from './child-server.ts'

/** On loopback a handshake takes microseconds. */
const HANGS_AFTER_MS = 200

const LISTENER = `
const server = require('node:net').createServer()
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () =>
  console.log('listening ' + server.address().port))
`

export class HangingPort {
  readonly address: string
  readonly #child: ChildServer
  readonly #fillers: readonly Socket[]

  private constructor(port: number, child: ChildServer, fillers: readonly Socket[]) {
    this.address = `127.0.0.1:${port}`
    this.#child = child
    this.#fillers = fillers
  }

  static async start(): Promise<HangingPort> {
    const child = await ChildServer.start(process.execPath, ['-e', LISTENER], {
      readyWhen: /listening \d+/
    })
    const port = Number(/listening (\d+)/.exec(child.output)?.[1])
    child.signal('SIGSTOP')
    const fillers: Socket[] = []
    while (await fills(port, fillers));
    return new HangingPort(port, child, fillers)
  }

  async stop(): Promise<void> {
    for (const socket of this.#fillers) socket.destroy()
    await this.#child.stop('SIGKILL')
  }
}

/** Adds a connection; false once it hangs. */
function fills(port: number, fillers: Socket[]): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    fillers.push(socket)
    socket.on('error', () => undefined)
    const timer = setTimeout(() => resolve(false), HANGS_AFTER_MS)
    socket.once('connect', () => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}
