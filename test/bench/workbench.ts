/** What one run of the benchmark has on the machine: its folder, servers, proxies and time. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LOADS } from './loads.ts'
import { measure, type Measurement } from './measurement.ts'
import { LOAD_CORE } from './pinned-process.ts'
import type { OwnPids } from './machine-watch.ts'
import type { ProxySetting, ProxyUnderTest, RunningProxy } from './proxy-under-test.ts'
import type { Sample } from './sample.ts'
import type { TimeBudget } from './time-budget.ts'
import { startUpstream, type Upstream } from './upstream.ts'
import { runWrk } from './wrk-run.ts'

/** Long enough for V8 to have compiled the hot path of every Node proxy. */
const WARM_UP_SECONDS = 2
const WARM_UP_CONNECTIONS = 64

export class Workbench {
  readonly budget: TimeBudget
  readonly say: (line: string) => void
  readonly #directory = mkdtempSync(join(tmpdir(), 'switchyard-bench-'))
  readonly #upstreams = new Map<number, Upstream>()
  readonly #running = new Set<RunningProxy>()
  #starts = 0

  constructor(budget: TimeBudget, say: (line: string) => void) {
    this.budget = budget
    this.say = say
    // Also when the run is interrupted.
    process.on('exit', () => rmSync(this.#directory, { recursive: true, force: true }))
    spawnSync('taskset', ['-a', '-cp', String(LOAD_CORE), String(process.pid)])
  }

  /** Ports of upstream servers; the same ones for the same count. */
  async backendPorts(count: number): Promise<readonly number[]> {
    const upstream = this.#upstreams.get(count) ?? (await startUpstream(this.#directory, count))
    this.#upstreams.set(count, upstream)
    return upstream.ports
  }

  async endUpstream(count: number): Promise<void> {
    await this.#upstreams.get(count)?.stop()
    this.#upstreams.delete(count)
  }

  newDirectory(label: string): string {
    const directory = join(this.#directory, `${++this.#starts}-${label.replaceAll(' ', '-')}`)
    mkdirSync(directory)
    return directory
  }

  async start<Proxy extends RunningProxy>(
    proxy: { readonly name: string; start(setting: ProxySetting): Promise<Proxy> },
    setting: Omit<ProxySetting, 'directory'>
  ): Promise<Proxy> {
    const running = await proxy.start({ ...setting, directory: this.newDirectory(proxy.name) })
    this.#running.add(running)
    return running
  }

  /** Starts and warms up each of them, in order. */
  async startAll(
    proxies: readonly ProxyUnderTest[],
    setting: Omit<ProxySetting, 'directory'>
  ): Promise<ReadonlyMap<ProxyUnderTest, RunningProxy>> {
    const started = new Map<ProxyUnderTest, RunningProxy>()
    for (const proxy of proxies) {
      const running = await this.start(proxy, setting)
      await this.warmUp(running)
      started.set(proxy, running)
    }
    return started
  }

  async warmUp(proxy: RunningProxy): Promise<void> {
    await runWrk({
      load: LOADS.tiny,
      port: proxy.port,
      connections: WARM_UP_CONNECTIONS,
      seconds: WARM_UP_SECONDS
    })
  }

  async stop(...proxies: readonly RunningProxy[]): Promise<void> {
    for (const proxy of proxies) {
      await proxy.stop()
      this.#running.delete(proxy)
    }
  }

  measure(wanted: Measurement): Promise<Sample> {
    return measure(wanted, { budget: this.budget, say: this.say, own: () => this.#own() })
  }

  async close(): Promise<void> {
    await this.stop(...this.#running)
    for (const count of [...this.#upstreams.keys()]) await this.endUpstream(count)
  }

  #own(): Omit<OwnPids, 'proxy'> {
    return {
      idle: [...this.#running].flatMap((proxy) => [proxy.pid, ...proxy.companions]),
      onLoadCore: [process.pid, ...[...this.#upstreams.values()].flatMap((each) => each.pids)]
    }
  }
}
