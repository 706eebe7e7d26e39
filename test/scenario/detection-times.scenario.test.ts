/**
 * Seed 003's `inter 3s fall 3 rise 2`: the same killed and frozen servers are noticed by
 * Switchyard and by a real HAProxy. With these numbers a killed server takes 6 to 9 s (HAProxy
 * measured 6.5 to 8.3) and a frozen one 15 to 18 s (measured 15.5 to 17.3); recovery takes 3 to 6 s.
 */
import { expect, onTestFinished, test } from 'vitest'
import { ChildServer } from '../servers/child-server.ts'
import type { EchoProcess } from '../servers/echo-process.ts'
import { eventually } from '../servers/eventually.ts'
import { freePort } from '../servers/free-ports.ts'
import { isListening } from '../servers/is-listening.ts'
import type { SwitchyardProcess } from '../servers/switchyard-process.ts'
import { temporaryFolder } from '../servers/temporary-folder.ts'
import { requires } from '../setup/requirements.ts'
import { startEchoes, startProduct } from './stage.ts'
import { readStatus, type StatusPage } from './status-page.ts'

/** Servers per kind of failure: each meets the checks at another moment of their interval. */
const PER_KIND = 4
const POLL_MS = 25
/** For scheduling of five processes on two cores. */
const SLACK_MS = 400

interface Window {
  readonly fromMs: number
  readonly toMs: number
}
const KILLED: Window = { fromMs: 6000, toMs: 9000 }
const FROZEN: Window = { fromMs: 15_000, toMs: 18_000 }
const RECOVERED: Window = { fromMs: 3000, toMs: 6000 }

requires('haproxy')('seed 003: inter 3s fall 3 rise 2', () => {
  test('Switchyard and HAProxy notice killed and frozen servers in the same windows', async () => {
    const names = Array.from({ length: 2 * PER_KIND }, (_, index) => `s${index}`)
    const servers = await startEchoes(...names)
    const product = await startSwitchyard(servers)
    const haproxyPort = await startHaproxy(servers)
    const pages: readonly StatusPage[] = [
      {
        name: 'Switchyard',
        port: product.adminPort,
        path: '/stats;csv',
        token: product.adminToken
      },
      { name: 'HAProxy', port: haproxyPort, path: '/stats;csv' }
    ]
    for (const page of pages) await untilSettled(page, servers)

    const killed = servers.slice(0, PER_KIND)
    const frozen = servers.slice(PER_KIND)
    const struckMs = performance.now()
    for (const server of frozen) server.freeze()
    await Promise.all(killed.map((server) => server.kill()))
    const down = await Promise.all(pages.map((page) => changes(page, servers, 'DOWN', struckMs)))

    for (const server of frozen) server.thaw()
    const thawedMs = performance.now()
    const up = await Promise.all(pages.map((page) => changes(page, frozen, 'UP', thawedMs)))

    for (const [index, { name }] of pages.entries()) {
      for (const server of killed) expectWithin(`${name} kill`, down[index]!.get(server)!, KILLED)
      for (const server of frozen) expectWithin(`${name} freeze`, down[index]!.get(server)!, FROZEN)
      for (const server of frozen) expectWithin(`${name} back`, up[index]!.get(server)!, RECOVERED)
    }
  }, 90_000)
})

function expectWithin(what: string, tookMs: number, window: Window): void {
  expect(tookMs, `${what} after ${Math.round(tookMs)} ms`).toBeGreaterThan(window.fromMs - SLACK_MS)
  expect(tookMs, `${what} after ${Math.round(tookMs)} ms`).toBeLessThan(window.toMs + SLACK_MS)
}

/** Milliseconds from `sinceMs` until the page shows each server in this state. */
async function changes(
  page: StatusPage,
  servers: readonly EchoProcess[],
  state: 'UP' | 'DOWN',
  sinceMs: number
): Promise<Map<EchoProcess, number>> {
  const seen = new Map<EchoProcess, number>()
  while (seen.size < servers.length) {
    if (performance.now() - sinceMs > 30_000) throw new Error(`${page.name}: not all are ${state}`)
    const status = await readStatus(page)
    for (const server of servers) {
      if (!seen.has(server) && isIn(status, server, state))
        seen.set(server, performance.now() - sinceMs)
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  return seen
}

/** HAProxy starts with "UP 1/3" before its first check: then one failure would be enough. */
function untilSettled(page: StatusPage, servers: readonly EchoProcess[]): Promise<true> {
  return eventually(`${page.name} sees every server`, async () => {
    const status = await readStatus(page)
    return servers.every((server) => stateOf(status, server) === 'UP')
  })
}

/** "UP 2/3" is on its way down and still up; "DOWN 1/2" is on its way up and still down. */
function isIn(status: ReadonlyMap<string, string>, server: EchoProcess, state: string): boolean {
  return stateOf(status, server).startsWith(state)
}

function stateOf(status: ReadonlyMap<string, string>, server: EchoProcess): string {
  return status.get(server.address) ?? status.get(server.name) ?? ''
}

function startSwitchyard(servers: readonly EchoProcess[]): Promise<SwitchyardProcess> {
  return startProduct({
    backends: servers.map(({ address }) => address),
    pool: {
      health_check: {
        path: '/health',
        interval: '3s',
        fast_interval: '3s',
        down_interval: '3s',
        timeout: '3s',
        unhealthy_threshold: 3,
        healthy_threshold: 2,
        jitter: 0
      }
    }
  })
}

async function startHaproxy(servers: readonly EchoProcess[]): Promise<number> {
  const folder = temporaryFolder()
  const statsPort = await freePort()
  const lines = servers.map(
    ({ name, port }) => `  server ${name} 127.0.0.1:${port} check inter 3s fall 3 rise 2`
  )
  const file = folder.write(
    'haproxy.cfg',
    `defaults
  mode http
  timeout connect 5s
  timeout client 50s
  timeout server 50s
frontend stats
  bind 127.0.0.1:${statsPort}
  stats enable
  stats uri /stats
backend gateways
  balance roundrobin
  option httpchk GET /health
${lines.join('\n')}
`
  )
  onTestFinished(() => folder.remove())
  const child = await ChildServer.start('haproxy', ['-db', '-f', file])
  onTestFinished(async () => {
    await child.stop()
  })
  await isListening(statsPort, child)
  return statsPort
}
