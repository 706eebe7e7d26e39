/** Where and with what a run was made. */
import { cpus, release, totalmem } from 'node:os'
import type { ProxyUnderTest } from './proxy-under-test.ts'
import { commandVersion } from './tool-version.ts'

export interface Environment {
  readonly date: string
  readonly machine: string
  readonly software: readonly string[]
}

export function environmentOf(proxies: readonly ProxyUnderTest[], now: Date): Environment {
  const processors = cpus()
  const memoryGb = Math.round(totalmem() / 2 ** 30)
  return {
    date: now.toISOString().slice(0, 10),
    machine: `${processors.length} cores (${processors[0]?.model ?? 'unknown'}), ${memoryGb} GB, Linux ${release()}`,
    software: [
      `Node ${process.versions.node}`,
      ...proxies
        .filter((proxy) => !proxy.name.includes(' '))
        .map((proxy) => `${proxy.name} ${proxy.version()}`),
      `wrk ${commandVersion('wrk', '-v')}`
    ]
  }
}
