/** Waits until a server that was just started answers. */
import { request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { PinnedProcess } from './pinned-process.ts'
import type { ProxySetting } from './proxy-under-test.ts'

const DEADLINE_MS = 20_000
const RETRY_MS = 20

/** Throws with the process's last output when it ends or does not answer 200 in time. */
export async function untilServing(
  process: PinnedProcess,
  port: number,
  path = '/tiny',
  headers: Readonly<Record<string, string>> = {}
): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS
  while (performance.now() < deadline) {
    if (process.hasEnded) throw new Error(process.describeEnd())
    if ((await statusOf(port, path, headers)) === 200) return
    await delay(RETRY_MS)
  }
  throw new Error(`No 200 from port ${port}${path} in ${DEADLINE_MS} ms.\n${process.output}`)
}

/** What to ask for so that the first route of a setting answers. */
export function probeOf({
  routes
}: Pick<ProxySetting, 'routes'>): readonly [
  path: string,
  headers: Readonly<Record<string, string>>
] {
  const first = routes?.[0]
  return first ? [`${first.pathPrefix}/tiny`, { host: first.host }] : ['/tiny', {}]
}

/** 0 when nothing answers. */
function statusOf(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>
): Promise<number> {
  return new Promise((resolve) => {
    const probe = request(
      { host: '127.0.0.1', port, path, headers, agent: false, timeout: 2000 },
      (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      }
    )
    probe.on('timeout', () => probe.destroy())
    probe.on('error', () => resolve(0))
    probe.end()
  })
}
