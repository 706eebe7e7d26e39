/** Starts a Node proxy script as `node script.ts [style] <port> <backend port>...`. */
import { freePort } from '../../servers/free-ports.ts'
import { PinnedProcess, PROXY_CORE } from '../pinned-process.ts'
import type { ProxySetting, RunningProxy } from '../proxy-under-test.ts'
import { untilServing } from '../until-serving.ts'

export async function startNodeRival(
  script: string,
  setting: ProxySetting,
  style: readonly string[] = []
): Promise<RunningProxy> {
  const port = await freePort()
  const rival = new PinnedProcess(PROXY_CORE, process.execPath, [
    '--disable-warning=DEP0060',
    script,
    ...style,
    ...[port, ...setting.backendPorts].map(String)
  ])
  await untilServing(rival, port)
  return { port, pid: rival.pid, companions: [], stop: () => rival.stop() }
}

/** The ports of a rival's command line: its own and those of its backends. */
export function portsFromArguments(words: readonly string[] = process.argv.slice(2)): {
  readonly port: number
  readonly backendPorts: readonly number[]
} {
  const [port, ...backendPorts] = words.map(Number)
  if (port === undefined || backendPorts.length === 0) {
    throw new Error('Usage: node <rival>.ts <port> <backend port>...')
  }
  return { port, backendPorts }
}
