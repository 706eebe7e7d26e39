/**
 * The servers behind every proxy: one nginx worker that answers from memory or with
 * sendfile, on as many ports as a measurement needs backends.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LOAD_CORE, PinnedProcess } from './pinned-process.ts'
import { freePorts } from '../servers/free-ports.ts'
import { untilServing } from './until-serving.ts'

export interface Upstream {
  readonly ports: readonly number[]
  readonly pids: readonly number[]
  stop(): Promise<void>
}

const TINY_BODY = 'hello from an upstream server\n'
const KIB = 1024

export async function startUpstream(directory: string, portCount: number): Promise<Upstream> {
  const ports = await freePorts(portCount)
  const home = join(directory, `upstream-${portCount}`)
  const bodies = join(home, 'bodies')
  mkdirSync(bodies, { recursive: true })
  writeFileSync(join(bodies, '10kb'), 'x'.repeat(10 * KIB))
  writeFileSync(join(bodies, '1mb'), 'x'.repeat(1024 * KIB))
  writeFileSync(join(home, 'nginx.conf'), configuration(ports, bodies))
  const nginx = new PinnedProcess(LOAD_CORE, 'nginx', [
    '-p',
    home,
    '-c',
    'nginx.conf',
    '-e',
    'stderr'
  ])
  await untilServing(nginx, ports[0]!)
  await untilServing(nginx, ports[0]!, '/1mb')
  return { ports, pids: [nginx.pid], stop: () => nginx.stop() }
}

/** One process without a master: its CPU time is then all in one place. */
function configuration(ports: readonly number[], bodies: string): string {
  return `daemon off;
master_process off;
pid nginx.pid;
${runAsUser()}
error_log stderr error;
worker_rlimit_nofile 20000;
events { worker_connections 19000; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  tcp_nodelay on;
  keepalive_timeout 600s;
  keepalive_requests 1000000000;
  keepalive_time 24h;
  client_header_buffer_size 16k;
  client_max_body_size 16m;
  open_file_cache max=16 inactive=1h;
  default_type application/octet-stream;
  client_body_temp_path client-body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {
${ports.map((port) => `    listen 127.0.0.1:${port} backlog=4096;`).join('\n')}
    root ${bodies};
    location = /10kb {}
    location = /1mb {}
    location = /sink { return 200 "stored\\n"; }
    location / { default_type text/plain; return 200 ${JSON.stringify(TINY_BODY)}; }
  }
}
`
}

/** Started by root, nginx would otherwise change to a user that may not read the temp folder. */
export function runAsUser(): string {
  return process.getuid?.() === 0 ? 'user root;' : ''
}
