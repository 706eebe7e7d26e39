/** Waits until a child process accepts connections on a port. */
import { connect } from 'node:net'
import type { ChildServer } from './child-server.ts'
import { eventually } from './eventually.ts'

export async function isListening(port: number, child: ChildServer): Promise<void> {
  await eventually(`a listener on port ${port}`, () => {
    if (!child.isRunning) throw new Error(`It ended before it listened:\n${child.output}`)
    return canConnect(port)
  })
}

/** Whether a port of loopback accepts a connection now. */
export function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
