/**
 * One run of `bench`: two backends, one load generator and one engine, each a process of
 * its own. The same load goes straight to a backend, through a plain route and through one
 * with everything switched on; the first shows how far load and backend reach by themselves.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EngineSnapshot } from '../../../proxy-core/model/engine-snapshot.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { systemClock } from '../../../proxy-core/time/clock.ts'
import { forkEngine } from '../../engine-host/engine-child.ts'
import { EngineHost } from '../../engine-host/engine-host.ts'
import { enginePath } from '../../engine-host/module-path.ts'
import { productVersion } from '../product-version.ts'
import { benchDocument } from './bench-document.ts'
import { BenchWorker } from './bench-worker.ts'

export interface BenchPlan {
  /** Of all loads together. */
  readonly durationMs: number
  readonly connections: number
  readonly bodyBytes: number
}

export interface LoadFigures {
  readonly name: 'direct' | 'plain' | 'full'
  readonly requests: number
  readonly errors: number
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** User and system time of the engine; null where the engine is not on the way. */
  readonly cpuMicrosPerRequest: number | null
  /** Resident memory of the engine after the load; null likewise. */
  readonly engineBytes: number | null
}

/** Of each load's share, the part that is not counted. */
const WARM_UP_SHARE = 0.35
const LOADS = ['direct', 'plain', 'full'] as const

/** Throws SwitchyardError when a process does not come up, the signal's reason when aborted. */
export async function measure(
  plan: BenchPlan,
  signal: AbortSignal
): Promise<readonly LoadFigures[]> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-bench-'))
  const workers = [new BenchWorker(), new BenchWorker(), new BenchWorker()] as const
  const host = benchEngine()
  // What waits for an answer of a stopped worker is told that it has ended.
  const stopWorkers = (): void => workers.forEach((worker) => worker.stop())
  signal.addEventListener('abort', stopWorkers)
  try {
    const [first, second, load] = workers
    const backendPorts = [await first.serve(plan.bodyBytes), await second.serve(plan.bodyBytes)]
    const ports = await openEngine(host, folder, backendPorts)
    const figures: LoadFigures[] = []
    for (const name of LOADS) {
      const port = name === 'direct' ? backendPorts[0]! : ports.get(name)!
      figures.push(await measureLoad(name, port, plan, load, host))
      signal.throwIfAborted()
    }
    return figures
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    stopWorkers()
    await host.stop(1)
    await rm(folder, { recursive: true, force: true })
  }
}

function benchEngine(): EngineHost {
  return new EngineHost({
    launch: () => forkEngine(enginePath()),
    clock: systemClock,
    version: productVersion(),
    adminToken: randomBytes(32).toString('base64url'),
    stateDirectory: null,
    // What matters of it shows in the figures.
    onEvent: () => {}
  })
}

async function openEngine(
  host: EngineHost,
  folder: string,
  backendPorts: readonly number[]
): Promise<ReadonlyMap<string, number>> {
  const accessLogFile = join(folder, 'access.log')
  const document = benchDocument({ backendPorts, accessLogFile })
  const outcome = await host.start({ document, baseDir: folder, file: 'bench' })
  if (!outcome.ok) throw new SwitchyardError(outcome.code, outcome.reason)
  return new Map(
    outcome.listeners.map(({ name, address }) => [
      name,
      Number(address.slice(address.lastIndexOf(':') + 1))
    ])
  )
}

async function measureLoad(
  name: LoadFigures['name'],
  port: number,
  plan: BenchPlan,
  load: BenchWorker,
  host: EngineHost
): Promise<LoadFigures> {
  const shareMs = plan.durationMs / LOADS.length
  const warmUpMs = Math.round(shareMs * WARM_UP_SHARE)
  const measureMs = Math.max(1, Math.round(shareMs) - warmUpMs)
  let before: EngineSnapshot | null = null
  const order = { port, connections: plan.connections, warmUpMs, measureMs }
  const result = await load.load(order, async () => {
    before = await host.snapshot()
  })
  const after = await host.snapshot()
  const { requests, errors, elapsedMs, p50Ms, p99Ms } = result
  return {
    name,
    requests,
    errors,
    requestsPerSecond: (requests / elapsedMs) * 1000,
    p50Ms,
    p99Ms,
    cpuMicrosPerRequest: before && name !== 'direct' ? cpuPerRequest(name, before, after) : null,
    engineBytes: name === 'direct' ? null : after.process.residentBytes
  }
}

/** Both by the engine's own count between the two looks at it. */
function cpuPerRequest(listener: string, before: EngineSnapshot, after: EngineSnapshot): number {
  const requests = requestsOf(after, listener) - requestsOf(before, listener)
  const micros = cpuOf(after) - cpuOf(before)
  return requests > 0 ? micros / requests : 0
}

function requestsOf(snapshot: EngineSnapshot, listener: string): number {
  return snapshot.listeners.find(({ name }) => name === listener)?.traffic.requests ?? 0
}

function cpuOf({ process: { userMicros, systemMicros } }: EngineSnapshot): number {
  return userMicros + systemMicros
}
