/** HAProxy as Debian ships it, in HTTP mode with its default strictness. */
import { spawnSync } from 'node:child_process'
import { ChildServer } from '../servers/child-server.ts'
import { freePort } from '../servers/free-ports.ts'
import { isListening } from '../servers/is-listening.ts'
import { temporaryFolder } from '../servers/temporary-folder.ts'
import type { ProxyUnderTest } from './proxy-under-test.ts'

export const haproxy: ProxyUnderTest = {
  name: 'haproxy',
  label: () => {
    const { stdout } = spawnSync('haproxy', ['-v'], { encoding: 'utf8' })
    return `HAProxy ${/version (\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? '?'}`
  },
  async start(backendPorts) {
    const folder = temporaryFolder()
    const port = await freePort()
    const file = folder.write('haproxy.cfg', haproxyConfiguration(port, backendPorts))
    const child = await ChildServer.start('haproxy', ['-db', '-f', file])
    await isListening(port, child)
    return {
      port,
      async stop() {
        await child.stop()
        folder.remove()
      }
    }
  }
}

function haproxyConfiguration(port: number, backendPorts: readonly number[]): string {
  const servers = backendPorts.map((backend, index) => `  server b${index} 127.0.0.1:${backend}`)
  return `global
  nbthread 1
defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
  timeout http-request 5s
  option forwardfor
  http-reuse safe
frontend web
  bind 127.0.0.1:${port}
  default_backend pool
backend pool
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
${servers.join('\n')}
`
}
