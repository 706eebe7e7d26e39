/** Ports for listeners on loopback: whether one is free, why not, and which one is instead. */
import { createServer } from 'node:net'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { portHolder } from './port-holder.ts'

export interface PortChoice {
  /** The wanted one where it is free, else the next free one. */
  readonly port: number
  readonly isWanted: boolean
  /** Why not the wanted one; '' when it is free. */
  readonly reason: string
}

const USUAL_PORT = 8080
const FIRST_UNPRIVILEGED = 1024
const MAX_PORT = 65_535
/** A machine with so many neighbours taken has another problem. */
const MAX_TRIES = 200

/** `wanted` null: any, from 8080 up. Throws PORT_IN_USE when none near it is free. */
export async function choosePort(wanted: number | null): Promise<PortChoice> {
  const first = wanted ?? USUAL_PORT
  const failure = await tryPort(first)
  if (failure === null) return { port: first, isWanted: true, reason: '' }
  const port = await nextFreePort(first < FIRST_UNPRIVILEGED ? USUAL_PORT : first + 1)
  return { port, isWanted: false, reason: await reasonOf(first, failure) }
}

/** The first free port from `wanted` up that is not among `avoid`. Throws PORT_IN_USE. */
export async function nextFreePort(wanted: number, avoid: readonly number[] = []): Promise<number> {
  const last = Math.min(MAX_PORT, wanted + MAX_TRIES)
  for (let port = wanted; port <= last; port++) {
    if (!avoid.includes(port) && (await tryPort(port)) === null) return port
  }
  throw new SwitchyardError('PORT_IN_USE', `No port from ${wanted} to ${last} is free.`)
}

/** A port that the system chooses; it gives the same one again only after thousands of others. */
export function anyFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port: 0, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address()
      const port = address !== null && typeof address === 'object' ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

/** null: it is free. Otherwise the system's code. */
function tryPort(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => resolve(null))
    })
  })
}

async function reasonOf(port: number, failure: string): Promise<string> {
  if (failure === 'EACCES') {
    return `Port ${port} is below 1024: this user may not listen there without CAP_NET_BIND_SERVICE`
  }
  if (failure !== 'EADDRINUSE') return `${port} cannot be used: ${failure}`
  const holder = await portHolder(port)
  return holder === null
    ? `${port} is in use by another process`
    : `${port} is in use by ${holder.name} (process ${holder.pid})`
}
