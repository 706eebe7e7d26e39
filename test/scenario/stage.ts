/** What scenarios start: every process is stopped when the test ends, also one that fails half-way. */
import { onTestFinished } from 'vitest'
import type { ConfigurationParts } from '../servers/configuration.ts'
import { EchoProcess } from '../servers/echo-process.ts'
import { RawClient } from '../servers/raw-client.ts'
import { SwitchyardProcess } from '../servers/switchyard-process.ts'
import { IdentifiedLoad } from './identified-load.ts'

const CONNECTIONS = 64
const THINK_MS = 5

export async function startEchoes(...names: readonly string[]): Promise<readonly EchoProcess[]> {
  const started: EchoProcess[] = []
  for (const name of names) {
    const echo = await EchoProcess.start(name)
    onTestFinished(() => echo.stop())
    started.push(echo)
  }
  return started
}

export async function startProduct(parts: ConfigurationParts): Promise<SwitchyardProcess> {
  const product = await SwitchyardProcess.start(parts)
  onTestFinished(() => product.dispose())
  return product
}

/** 64 connections of numbered requests to the port that `port` returns. */
export function startLoad(port: () => number): IdentifiedLoad {
  const load = new IdentifiedLoad({ connections: CONNECTIONS, thinkMs: THINK_MS, port })
  onTestFinished(() => load.stop())
  return load
}

export async function connectTo(product: SwitchyardProcess): Promise<RawClient> {
  const client = await RawClient.connect(product.port)
  onTestFinished(() => client.close())
  return client
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
