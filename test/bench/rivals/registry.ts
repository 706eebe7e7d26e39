/** Every proxy of the comparison, in the order of the tables. */
import type { ProxyName, ProxyUnderTest } from '../proxy-under-test.ts'
import { haproxy, haproxyLargeBuffers } from './haproxy.ts'
import { httpProxy, httpProxyKeepAlive } from './http-proxy.ts'
import { nginx } from './nginx.ts'
import { switchyard, switchyardFull } from './switchyard.ts'
import { undici } from './undici.ts'

export const PROXIES: readonly ProxyUnderTest[] = [
  haproxy,
  haproxyLargeBuffers,
  nginx,
  switchyard,
  switchyardFull,
  undici,
  httpProxy,
  httpProxyKeepAlive
]

/** Those that are measured with up to 1000 backends. */
export const SCALED_PROXIES: readonly ProxyName[] = ['haproxy', 'nginx', 'switchyard']
