/** Switchyard's engine in one process without the control plane, for memory and profiles. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../servers/free-ports.ts'
import type { IdleCandidate, IdleProxy } from '../idle-connections.ts'
import { PinnedProcess, PROXY_CORE } from '../pinned-process.ts'
import type { ProxySetting } from '../proxy-under-test.ts'
import { PLAIN, switchyardDocument, type SwitchyardFeatures } from '../switchyard-document.ts'
import { probeOf, untilServing } from '../until-serving.ts'

const ENTRY = join(import.meta.dirname, '..', 'engine-main.ts')
const COLLECTION_LIMIT_MS = 5000

export const switchyardDirect: IdleCandidate = {
  name: 'switchyard',
  start: (setting) => startEngine(setting, { nodeOptions: ['--expose-gc'] })
}

export interface EngineOptions {
  readonly nodeOptions?: readonly string[]
  readonly features?: SwitchyardFeatures
}

export interface RunningEngine extends IdleProxy {
  readonly adminPort: number
}

export async function startEngine(
  setting: ProxySetting,
  { nodeOptions = [], features = PLAIN }: EngineOptions
): Promise<RunningEngine> {
  const port = await freePort()
  const adminPort = await freePort()
  const file = join(setting.directory, 'switchyard.yaml')
  writeFileSync(
    file,
    switchyardDocument({
      port,
      adminPort,
      backendPorts: setting.backendPorts,
      routes: setting.routes ?? [],
      ...features
    })
  )
  const engine = new PinnedProcess(PROXY_CORE, process.execPath, [...nodeOptions, ENTRY, file])
  await untilServing(engine, port, ...probeOf(setting))
  return {
    port,
    adminPort,
    pid: engine.pid,
    companions: [],
    collectGarbage: () => collectGarbage(engine),
    stop: () => engine.stop()
  }
}

async function collectGarbage(engine: PinnedProcess): Promise<void> {
  const collections = (): number => engine.output.split('collected\n').length
  const before = collections()
  const deadline = performance.now() + COLLECTION_LIMIT_MS
  engine.send('SIGUSR2')
  while (collections() === before) {
    if (engine.hasEnded || performance.now() > deadline) throw new Error(engine.describeEnd())
    await delay(20)
  }
}
