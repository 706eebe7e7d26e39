/** nginx as Debian ships it, proxying with HTTP/1.1 keep-alive and unbuffered request bodies. */
import { spawnSync } from 'node:child_process'
import { ChildServer } from '../servers/child-server.ts'
import { freePort } from '../servers/free-ports.ts'
import { isListening } from '../servers/is-listening.ts'
import { temporaryFolder } from '../servers/temporary-folder.ts'
import type { ProxyUnderTest } from './proxy-under-test.ts'

export const nginx: ProxyUnderTest = {
  name: 'nginx',
  label: () => {
    const { stderr } = spawnSync('nginx', ['-v'], { encoding: 'utf8' })
    return `nginx ${/nginx\/(\d+\.\d+\.\d+)/.exec(stderr)?.[1] ?? '?'}`
  },
  async start(backendPorts) {
    const folder = temporaryFolder()
    const port = await freePort()
    const file = folder.write('nginx.conf', nginxConfiguration(folder.path, port, backendPorts))
    const child = await ChildServer.start('nginx', ['-p', folder.path, '-e', 'stderr', '-c', file])
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

function nginxConfiguration(folder: string, port: number, backendPorts: readonly number[]): string {
  const servers = backendPorts.map((backend) => `    server 127.0.0.1:${backend} max_fails=0;`)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `  ${kind}_temp_path ${folder}/${kind};`)
    .join('\n')
  return `daemon off;
master_process off;
pid ${folder}/nginx.pid;
events { worker_connections 256; }
http {
  access_log off;
${temporary}
  map $http_upgrade $connection_field { default upgrade; '' ''; }
  upstream pool {
${servers.join('\n')}
    keepalive 8;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://pool;
      proxy_http_version 1.1;
      proxy_request_buffering off;
      proxy_set_header Host $host;
      proxy_set_header Connection $connection_field;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $host;
      proxy_connect_timeout 1s;
      proxy_read_timeout 5s;
    }
  }
}
`
}
