/**
 * Ten thousand requests a second through the console's own engine, to a backend that answers from
 * memory, while a browser shows Live.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { CDPSession } from 'playwright-core'
import { PacedLoad } from '../bench/paced-load.ts'
import { startUpstream } from '../bench/upstream.ts'
import type { ConsoleView } from '../browser/console-view.ts'
import { freePort } from '../servers/free-ports.ts'
import { startConsole, timeUntil } from './console-stage.ts'

export const RATE_RPS = 10_000
const CONNECTIONS = 64
const BACKENDS = 4
/** Until the rate is reached and everything that runs often is compiled. */
const WARM_UP_MS = 20_000

export class LoadedConsole {
  readonly view: ConsoleView
  readonly load: PacedLoad
  readonly #session: CDPSession

  private constructor(view: ConsoleView, load: PacedLoad, session: CDPSession) {
    this.view = view
    this.load = load
    this.#session = session
  }

  static async start(): Promise<LoadedConsole> {
    const { stage, view } = await startConsole()
    const folder = join(stage.folder.path, 'upstream')
    mkdirSync(folder, { recursive: true })
    const upstream = await startUpstream(folder, BACKENDS)
    onTestFinished(() => upstream.stop())
    const port = await freePort()
    const text = documentOf(port, await freePort(), upstream.ports)
    const file = stage.folder.write('load.yaml', text)
    await view.button('Open a config file').click()
    await view.page.getByLabel(/^Path of the file/).fill(file)
    await view.button('Open the file').click()
    await view.untilVerdict(new RegExp(`^Serving\\. ${BACKENDS} of ${BACKENDS}`))
    const load = new PacedLoad(port, CONNECTIONS, RATE_RPS)
    onTestFinished(() => load.stop())
    await timeUntil(async () => (await view.rateRps()) > RATE_RPS / 2, WARM_UP_MS)
    await view.page.waitForTimeout(WARM_UP_MS)
    await view.page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    return new LoadedConsole(view, load, await view.page.context().newCDPSession(view.page))
  }

  /** Bytes of JavaScript objects that are still reachable. */
  async heapBytes(): Promise<number> {
    await this.#session.send('HeapProfiler.collectGarbage')
    return (await this.#session.send('Runtime.getHeapUsage')).usedSize
  }

  /** Answers a second over this time. */
  async answeredRps(seconds: number): Promise<number> {
    const before = this.load.answered
    await this.view.page.waitForTimeout(seconds * 1000)
    return (this.load.answered - before) / seconds
  }

  /** Write transactions of the console's history since its start, by its diagnostics. */
  async storeWrites(): Promise<{ readonly count: number; readonly atMs: number }> {
    await this.view.go('Settings')
    await this.view.button('Read again').click()
    await this.view.button('Copy the report').click()
    const report = await this.view.page.evaluate(() => navigator.clipboard.readText())
    const atMs = performance.now()
    await this.view.go('Live')
    const transactions = /(\d+) transactions/.exec(report)?.[1]
    if (transactions === undefined) throw new Error(`No transactions in the report:\n${report}`)
    return { count: Number(transactions), atMs }
  }
}

function documentOf(port: number, adminPort: number, ports: readonly number[]): string {
  const backends = ports.map((backend) => `      - { address: "127.0.0.1:${backend}" }`)
  return `version: 1
admin: { address: 127.0.0.1:${adminPort} }
listeners:
  - { name: web, address: 127.0.0.1:${port}, access_log: false }
routes:
  - { pool: load }
pools:
  - name: load
    algorithm: round_robin
    health_check: { type: http, path: /tiny, interval: 1s, timeout: 900ms }
    backends:
${backends.join('\n')}
`
}
