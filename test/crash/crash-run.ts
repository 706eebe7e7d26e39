/**
 * Clients post numbered requests to an engine that is killed and started again at random instants,
 * and at last left alone until everything that it has acknowledged is with the backend.
 */
import { fileURLToPath } from 'node:url'
import { ChildServer } from '../servers/child-server.ts'
import { configuration } from '../servers/configuration.ts'
import { eventually } from '../servers/eventually.ts'
import { freePort } from '../servers/free-ports.ts'
import { SeededRandom } from '../servers/seeded-random.ts'
import { temporaryFolder, type TemporaryFolder } from '../servers/temporary-folder.ts'
import { verdictOn, type CrashVerdict, type KeyRecord } from './crash-verdict.ts'
import { NumberedClient } from './numbered-client.ts'
import { RecordingReceiver } from './recording-receiver.ts'

const PROCESS = fileURLToPath(new URL('./storing-process.ts', import.meta.url))
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
/** Acknowledgements between the start of an engine and the blow, and a moment after the last. */
const MAX_ACKNOWLEDGED = 80
const MAX_MOMENT_MS = 10
const LIFE_DEADLINE_MS = 20_000
/** How long the last engine may take to deliver the rest. */
const DELIVERY_DEADLINE_MS = 120_000

export interface CrashReport extends CrashVerdict {
  readonly seed: number
  readonly cycles: number
  /** Requests whose clients never learnt what became of them. */
  readonly unknown: number
  /** Requests that were not taken, and said so. */
  readonly refused: number
  readonly altered: readonly string[]
  /** What engines said of themselves. */
  readonly faults: readonly string[]
}

export interface CrashOptions {
  readonly cycles: number
  readonly seed: number
  /** Called after each blow. */
  readonly progress?: (cycle: number) => void
}

export async function runCrashes({ cycles, seed, progress }: CrashOptions): Promise<CrashReport> {
  const random = new SeededRandom(seed)
  const folder = temporaryFolder()
  const receiver = await RecordingReceiver.start(random.fork())
  const port = await freePort()
  const file = folder.write('switchyard.yaml', storing(port, receiver.address))
  const faults: string[] = []
  const clients = KEYS.map((key) => new NumberedClient(key, port))
  try {
    for (let cycle = 1; cycle <= cycles; cycle++) {
      const engine = await launch(file, faults)
      await untilAcknowledged(clients, random.below(MAX_ACKNOWLEDGED))
      await pause(random.below(MAX_MOMENT_MS))
      await engine.stop('SIGKILL')
      progress?.(cycle)
    }
    const last = await launch(file, faults)
    await Promise.all(clients.map((client) => client.stop()))
    await untilDelivered(clients, receiver)
    await last.stop('SIGKILL')
    return {
      ...{ seed, cycles, altered: receiver.altered, faults },
      ...{ unknown: sum(clients, 'unknown'), refused: sum(clients, 'refused') },
      ...verdictOn(recordsOf(clients, receiver))
    }
  } finally {
    await end(clients, receiver, folder)
  }
}

function storing(port: number, backend: string): string {
  const buffer = {
    ...{ mode: 'store', key: 'header:x-case-id' },
    backoff: { scale: '10ms', growth: 2, max: '100ms' }
  }
  return configuration({
    listener: { address: `127.0.0.1:${port}` },
    route: { buffer },
    backends: [backend],
    top: { buffer: { directory: './buffer', max_size: '200MB' } }
  })
}

function launch(file: string, faults: string[]): Promise<ChildServer> {
  return ChildServer.start(process.execPath, [PROCESS, file], {
    readyWhen: /^ready$/m,
    onLine: (line) => {
      if (line.startsWith('fault')) faults.push(line)
    }
  })
}

function recordsOf(
  clients: readonly NumberedClient[],
  receiver: RecordingReceiver
): readonly KeyRecord[] {
  return clients.map(({ key, acknowledged }) => ({
    ...{ key, acknowledged },
    taken: receiver.taken.get(key) ?? []
  }))
}

/** So many more than now. */
async function untilAcknowledged(clients: readonly NumberedClient[], more: number): Promise<void> {
  const count = (): number =>
    clients.reduce((total, { acknowledged }) => total + acknowledged.length, 0)
  const wanted = count() + more
  await eventually(`${more} acknowledgements`, () => count() >= wanted, LIFE_DEADLINE_MS)
}

/** Or until the deadline: the verdict tells what is missing. */
async function untilDelivered(
  clients: readonly NumberedClient[],
  receiver: RecordingReceiver
): Promise<void> {
  const deadlineMs = performance.now() + DELIVERY_DEADLINE_MS
  while (performance.now() < deadlineMs) {
    if (verdictOn(recordsOf(clients, receiver)).missing.length === 0) return
    await pause(20)
  }
}

async function end(
  clients: readonly NumberedClient[],
  receiver: RecordingReceiver,
  folder: TemporaryFolder
): Promise<void> {
  await Promise.all(clients.map((client) => client.stop()))
  await receiver.stop()
  folder.remove()
}

function sum(clients: readonly NumberedClient[], what: 'unknown' | 'refused'): number {
  return clients.reduce((total, client) => total + client[what], 0)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
