/** HAProxy with one thread, tuned as far as its manual recommends for this job. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../servers/free-ports.ts'
import { PinnedProcess, PROXY_CORE } from '../pinned-process.ts'
import type { ProxySetting, ProxyUnderTest, RunningProxy } from '../proxy-under-test.ts'
import { commandVersion } from '../tool-version.ts'
import { untilServing } from '../until-serving.ts'

export const haproxy: ProxyUnderTest = {
  name: 'haproxy',
  configuration:
    '1 thread, `option forwardfor`, keep-alive on both sides, `http-reuse always`, no log, default buffers (16 KB)',
  onlyLoads: [],
  version: () => commandVersion('haproxy', '-v'),
  start: (setting) => start(setting, '')
}

export const haproxyLargeBuffers: ProxyUnderTest = {
  ...haproxy,
  name: 'haproxy 64 KB',
  configuration: 'as above with `tune.bufsize 65536`; measured with 1 MB bodies only',
  onlyLoads: ['1mb'],
  start: (setting) => start(setting, 'tune.bufsize 65536')
}

async function start(setting: ProxySetting, tuning: string): Promise<RunningProxy> {
  const port = await freePort()
  const file = join(setting.directory, 'haproxy.cfg')
  writeFileSync(file, configuration(port, setting.backendPorts, tuning))
  const process = new PinnedProcess(PROXY_CORE, 'haproxy', ['-db', '-f', file])
  await untilServing(process, port)
  return { port, pid: process.pid, companions: [], stop: () => process.stop() }
}

/**
 * `http-reuse always` lets the first request of a connection use an open upstream connection
 * too. The pool ratios keep HAProxy from closing idle upstream connections when the clients
 * alone use a quarter of its file descriptors, as thousands of idle ones do.
 */
function configuration(port: number, backendPorts: readonly number[], tuning: string): string {
  return `global
  nbthread 1
  tune.pool-high-fd-ratio 95
  tune.pool-low-fd-ratio 90
  ${tuning}
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 60s
  timeout http-request 60s
  timeout http-keep-alive 600s
frontend web
  bind 127.0.0.1:${port} backlog 4096
  option forwardfor
  default_backend app
backend app
  balance roundrobin
  http-reuse always
${backendPorts.map((each) => `  server s${each} 127.0.0.1:${each}`).join('\n')}
`
}
