/**
 * The npm package `http-proxy`, twice: as its documentation sets it up, which opens a
 * connection to the backend for every request, and with a keep-alive agent added.
 */
import { join } from 'node:path'
import type { ProxyName, ProxyUnderTest } from '../proxy-under-test.ts'
import { packageVersion } from '../tool-version.ts'
import { startNodeRival } from './node-rival.ts'

const SCRIPT = join(import.meta.dirname, 'http-proxy-server.ts')

export const httpProxy = rival(
  'http-proxy',
  'defaults',
  'its defaults (a connection per request to the backend), `xfwd`, round robin over the backends'
)

export const httpProxyKeepAlive = rival(
  'http-proxy keep-alive',
  'keep-alive',
  '`http.Agent` with keep-alive, `xfwd`, round robin over the backends'
)

function rival(name: ProxyName, style: string, configuration: string): ProxyUnderTest {
  return {
    name,
    configuration,
    onlyLoads: [],
    version: () => packageVersion('http-proxy'),
    start: (setting) => startNodeRival(SCRIPT, setting, [style])
  }
}
