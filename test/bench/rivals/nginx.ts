/** nginx with one worker and as many idle upstream connections as it can use. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../servers/free-ports.ts'
import { PinnedProcess, PROXY_CORE } from '../pinned-process.ts'
import { descendants } from '../process-figures.ts'
import type { ProxySetting, ProxyUnderTest, RunningProxy } from '../proxy-under-test.ts'
import { commandVersion } from '../tool-version.ts'
import { untilServing } from '../until-serving.ts'
import { runAsUser } from '../upstream.ts'

export const nginx: ProxyUnderTest = {
  name: 'nginx',
  configuration:
    '1 worker, `X-Forwarded-For`, upstream `keepalive`, no log, default buffers, no temporary files',
  onlyLoads: [],
  version: () => commandVersion('nginx', '-v'),
  start
}

async function start(setting: ProxySetting): Promise<RunningProxy> {
  const port = await freePort()
  mkdirSync(setting.directory, { recursive: true })
  writeFileSync(join(setting.directory, 'nginx.conf'), configuration(port, setting.backendPorts))
  const master = new PinnedProcess(PROXY_CORE, 'nginx', [
    ...['-p', setting.directory],
    ...['-c', 'nginx.conf'],
    ...['-e', 'stderr']
  ])
  await untilServing(master, port)
  const [worker] = descendants(master.pid)
  if (worker === undefined) throw new Error('nginx has no worker process.')
  return { port, pid: worker, companions: [master.pid], stop: () => master.stop() }
}

function configuration(port: number, backendPorts: readonly number[]): string {
  const idleConnections = Math.max(512, 2 * backendPorts.length)
  return `daemon off;
worker_processes 1;
pid nginx.pid;
${runAsUser()}
error_log stderr error;
worker_rlimit_nofile 20000;
events { worker_connections 19900; }
http {
  access_log off;
  tcp_nodelay on;
  keepalive_timeout 600s;
  keepalive_requests 1000000000;
  keepalive_time 24h;
  client_body_temp_path client-body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  upstream app {
${backendPorts.map((each) => `    server 127.0.0.1:${each};`).join('\n')}
    keepalive ${idleConnections};
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    keepalive_time 24h;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_max_temp_file_size 0;
    }
  }
}
`
}
