/** The memory of idle keep-alive connections, and whether busy ones suffer from them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { GATED_CONNECTIONS, LOADS } from './loads.ts'
import { LOAD_CORE, PinnedProcess } from './pinned-process.ts'
import { livingProcessStat } from './process-figures.ts'
import type { ProxySetting, RunningProxy } from './proxy-under-test.ts'
import type { Sample } from './sample.ts'
import type { Workbench } from './workbench.ts'

export interface IdleProxy extends RunningProxy {
  /** Resolves when everything collectable is collected. Proxies without a collector have none. */
  readonly collectGarbage?: () => Promise<void>
}

export interface IdleCandidate {
  readonly name: string
  start(setting: ProxySetting): Promise<IdleProxy>
}

export interface IdleResult {
  readonly proxy: string
  readonly connections: number
  readonly bytesPerConnection: number
  /** Tiny GET with 64 connections, before and while the idle ones are open. */
  readonly busyBefore: Sample
  readonly busyDuring: Sample
}

const WANTED = 10_000
const SETTLE_MS = 500
const OPENING_LIMIT_MS = 30_000
const HOLDING_LIMIT_MS = 120_000

export async function measureIdle(bench: Workbench, proxy: IdleCandidate): Promise<IdleResult> {
  const backendPorts = await bench.backendPorts(2)
  const running = await bench.start(proxy, { backendPorts })
  await bench.warmUp(running)
  const busyBefore = await measureBusy(bench, running)
  const bytesBefore = await settledRss(running)
  const connections = Math.min(WANTED, Math.floor(openFilesLimit() / 2) - 500)
  const client = await openIdle(running.port, connections)
  const bytesDuring = await settledRss(running)
  const busyDuring = await measureBusy(bench, running)
  client.closeInput()
  if ((await client.ended()) !== 0) throw new Error(client.describeEnd())
  await bench.stop(running)
  const bytesPerConnection = (bytesDuring - bytesBefore) / connections
  return { proxy: proxy.name, connections, bytesPerConnection, busyBefore, busyDuring }
}

function measureBusy(bench: Workbench, proxy: RunningProxy): Promise<Sample> {
  return bench.measure({
    proxy,
    load: LOADS.tiny,
    connections: GATED_CONNECTIONS,
    seconds: 3,
    warmUpSeconds: 1
  })
}

async function settledRss(proxy: IdleProxy): Promise<number> {
  await delay(SETTLE_MS)
  await proxy.collectGarbage?.()
  return livingProcessStat(proxy.pid).rssBytes
}

async function openIdle(port: number, count: number): Promise<PinnedProcess> {
  const client = new PinnedProcess(
    LOAD_CORE,
    process.execPath,
    [join(import.meta.dirname, 'idle-client.ts'), String(port), String(count)],
    { limitMs: HOLDING_LIMIT_MS }
  )
  const deadline = performance.now() + OPENING_LIMIT_MS
  while (!client.output.includes(`open ${count}`)) {
    if (client.hasEnded || performance.now() > deadline) throw new Error(client.describeEnd())
    await delay(50)
  }
  return client
}

/** Half of it is what a proxy can accept that reserves a second descriptor for each connection. */
function openFilesLimit(): number {
  const limits = readFileSync('/proc/self/limits', 'latin1')
  return Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? 1024)
}
