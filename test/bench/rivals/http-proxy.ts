/** The npm package `http-proxy`, as its documentation shows it, with a keep-alive agent. */
import { join } from 'node:path'
import type { ProxyUnderTest } from '../proxy-under-test.ts'
import { packageVersion } from '../tool-version.ts'
import { startNodeRival } from './node-rival.ts'

export const httpProxy: ProxyUnderTest = {
  name: 'http-proxy',
  configuration: '`http.Agent` with keep-alive, `xfwd`, round robin over the backends',
  onlyLoads: [],
  version: () => packageVersion('http-proxy'),
  start: (setting) => startNodeRival(join(import.meta.dirname, 'http-proxy-server.ts'), setting)
}
