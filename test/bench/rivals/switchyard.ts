/**
 * Switchyard as its users run it: `switchyard run <config>`, a control plane and an engine.
 * For work on the engine both can be left out, see `withoutControlPlane`.
 */
import { statSync, truncateSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { requireFreshBuild } from '../fresh-build.ts'
import { freePort } from '../../servers/free-ports.ts'
import { PinnedProcess, PROXY_CORE } from '../pinned-process.ts'
import { descendants, ownerOfPort } from '../process-figures.ts'
import type { ProxySetting, ProxyUnderTest, RunningProxy } from '../proxy-under-test.ts'
import { PLAIN, switchyardDocument, type SwitchyardFeatures } from '../switchyard-document.ts'
import { ownVersion, REPOSITORY } from '../tool-version.ts'
import { probeOf, untilServing } from '../until-serving.ts'
import { startEngine } from './switchyard-direct.ts'

const LAUNCHER = join(REPOSITORY, 'bin', 'switchyard.cjs')
const SCRAPE_PERIOD_MS = 1000

export const switchyard: ProxyUnderTest = {
  name: 'switchyard',
  configuration: 'one listener, no health check, no access log, metrics counted but not scraped',
  onlyLoads: [],
  version: ownVersion,
  start: (setting) => startProduct(setting, PLAIN)
}

export const switchyardFull: ProxyUnderTest = {
  name: 'switchyard full',
  configuration:
    'as above with HTTP health checks every 2 s, `/metrics` scraped once a second and an access log in the combined format',
  onlyLoads: [],
  version: ownVersion,
  start: (setting) => startFull(setting, startProduct)
}

/** The same configurations on the engine alone, from source: for development. */
export function withoutControlPlane(proxy: ProxyUnderTest): ProxyUnderTest {
  const startDirect: Start = (setting, features) => startEngine(setting, { features })
  if (proxy.name === switchyard.name) {
    return { ...proxy, start: (setting) => startDirect(setting, PLAIN) }
  }
  if (proxy.name === switchyardFull.name) {
    return { ...proxy, start: (setting) => startFull(setting, startDirect) }
  }
  return proxy
}

interface RunningSwitchyard extends RunningProxy {
  readonly adminPort: number
}

type Start = (setting: ProxySetting, features: SwitchyardFeatures) => Promise<RunningSwitchyard>

async function startFull(setting: ProxySetting, start: Start): Promise<RunningProxy> {
  const accessLogFile = join(setting.directory, 'access.log')
  const running = await start(setting, { accessLogFile, hasHealthChecks: true })
  return {
    ...running,
    accompany() {
      const endScraping = scrapeEverySecond(running.adminPort)
      return () => {
        endScraping()
        if (statSync(accessLogFile).size === 0) throw new Error('The access log stayed empty.')
        // It is opened for appending: the file starts again at its beginning.
        truncateSync(accessLogFile)
      }
    }
  }
}

async function startProduct(
  setting: ProxySetting,
  features: SwitchyardFeatures
): Promise<RunningSwitchyard> {
  requireFreshBuild()
  const port = await freePort()
  const adminPort = await freePort()
  const file = join(setting.directory, 'switchyard.yaml')
  const { backendPorts, routes = [] } = setting
  writeFileSync(file, switchyardDocument({ port, adminPort, backendPorts, routes, ...features }))
  const parent = new PinnedProcess(PROXY_CORE, process.execPath, [LAUNCHER, 'run', file], {
    env: { XDG_STATE_HOME: join(setting.directory, 'state') }
  })
  await untilServing(parent, port, ...probeOf(setting))
  const family = [parent.pid, ...descendants(parent.pid)]
  const engine = ownerOfPort(port, family)
  if (engine === undefined) throw new Error('No process of Switchyard holds its listening port.')
  return {
    port,
    adminPort,
    pid: engine,
    companions: family.filter((pid) => pid !== engine),
    stop: () => parent.stop()
  }
}

/** A scrape that fails is a cost that is missing: the end of the scraping throws then. */
function scrapeEverySecond(adminPort: number): () => void {
  const failures: string[] = []
  const scrape = (): void => {
    get({ host: '127.0.0.1', port: adminPort, path: '/metrics', agent: false }, (response) => {
      if (response.statusCode !== 200) failures.push(`status ${response.statusCode}`)
      response.resume()
    }).on('error', (error) => failures.push(error.message))
  }
  const timer = setInterval(scrape, SCRAPE_PERIOD_MS)
  return () => {
    clearInterval(timer)
    if (failures.length > 0) throw new Error(`/metrics could not be scraped: ${failures[0]}.`)
  }
}
