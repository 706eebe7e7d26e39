/** What a request costs as the configuration grows: 2 to 1000 backends, 10 to 10 000 routes. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from './comparison.ts'
import { GATED_CONNECTIONS, LOADS } from './loads.ts'
import type { ProxyName, ProxySetting, ProxyUnderTest, RouteUnderTest } from './proxy-under-test.ts'
import { summarise, type Sample, type Summary } from './sample.ts'
import { orderOfRound } from './statistics.ts'
import type { Workbench } from './workbench.ts'

export const BACKEND_COUNTS = [2, 100, 1000] as const
export const ROUTE_COUNTS = [10, 1000, 10_000] as const

export interface ScalingPoint {
  readonly proxy: ProxyName
  readonly size: number
  readonly summary: Summary
}

interface Candidate {
  readonly proxy: ProxyUnderTest
  readonly size: number
  readonly setting: Omit<ProxySetting, 'directory'>
  readonly targetsFile?: string
  readonly samples: Sample[]
}

const SECONDS = 3
const WARM_UP_SECONDS = 2

export async function scaleBackends(
  bench: Workbench,
  proxies: readonly ProxyUnderTest[],
  rounds: number
): Promise<readonly ScalingPoint[]> {
  const largest = BACKEND_COUNTS.at(-1)!
  const ports = await bench.backendPorts(largest)
  const points = await scale(
    bench,
    BACKEND_COUNTS.flatMap((size) =>
      proxies.map((proxy) => candidate(proxy, size, { backendPorts: ports.slice(0, size) }))
    ),
    rounds,
    'backends'
  )
  await bench.endUpstream(largest)
  return points
}

/** Requests go to all routes in turn, up to 1000 of them spread evenly over the table. */
export async function scaleRoutes(
  bench: Workbench,
  proxy: ProxyUnderTest,
  rounds: number
): Promise<readonly ScalingPoint[]> {
  const backendPorts = await bench.backendPorts(2)
  const directory = bench.newDirectory('targets')
  const candidates = ROUTE_COUNTS.map((size) => {
    const routes = routesOf(size)
    const targetsFile = join(directory, `${size}-routes`)
    writeFileSync(targetsFile, targetsOf(routes))
    return { ...candidate(proxy, size, { backendPorts, routes }), targetsFile }
  })
  return scale(bench, candidates, rounds, 'routes')
}

function candidate(
  proxy: ProxyUnderTest,
  size: number,
  setting: Omit<ProxySetting, 'directory'>
): Candidate {
  return { proxy, size, setting, samples: [] }
}

async function scale(
  bench: Workbench,
  candidates: readonly Candidate[],
  rounds: number,
  what: string
): Promise<readonly ScalingPoint[]> {
  for (let round = 0; round < rounds; round++) {
    bench.say(`${what}: round ${round + 1} of ${rounds}`)
    for (const each of orderOfRound(candidates, round)) {
      const sample = await measureCandidate(bench, each)
      each.samples.push(sample)
      bench.say(`  ${each.size} ${what} ${each.proxy.name}: ${describe(sample)}`)
    }
  }
  return candidates.map(({ proxy, size, samples }) => ({
    proxy: proxy.name,
    size,
    summary: summarise(samples)
  }))
}

async function measureCandidate(bench: Workbench, each: Candidate): Promise<Sample> {
  const running = await bench.start(each.proxy, each.setting)
  const sample = await bench.measure({
    proxy: running,
    load: LOADS.tiny,
    connections: GATED_CONNECTIONS,
    seconds: SECONDS,
    warmUpSeconds: WARM_UP_SECONDS,
    ...(each.targetsFile === undefined ? {} : { targetsFile: each.targetsFile })
  })
  await bench.stop(running)
  return sample
}

/** Hosts and prefixes in equal parts, with names of equal length at every size. */
export function routesOf(count: number): readonly RouteUnderTest[] {
  const hosts = Math.max(2, Math.round(Math.sqrt(count)))
  return Array.from({ length: count }, (_, i) => ({
    host: `host-${padded(i % hosts)}.example.test`,
    pathPrefix: `/service-${padded(Math.floor(i / hosts))}`
  }))
}

function padded(index: number): string {
  return String(index).padStart(5, '0')
}

const TARGETS_MAX = 1000

export function targetsOf(routes: readonly RouteUnderTest[]): string {
  const step = Math.max(1, Math.floor(routes.length / TARGETS_MAX))
  return routes
    .filter((_, i) => i % step === 0)
    .map(({ host, pathPrefix }) => `${host} ${pathPrefix}/tiny\n`)
    .join('')
}
