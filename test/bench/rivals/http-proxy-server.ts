/** `node http-proxy-server.ts defaults|keep-alive <port> <backend port>...` */
import { Agent, createServer, ServerResponse } from 'node:http'
import httpProxy from 'http-proxy'
import { portsFromArguments } from './node-rival.ts'

const KEEP_ALIVE_MS = 600_000

const [style, ...ports] = process.argv.slice(2)
const { port, backendPorts } = portsFromArguments(ports)
const targets = backendPorts.map((each) => `http://127.0.0.1:${each}`)
let next = 0

const agent = new Agent({ keepAlive: true, maxSockets: Infinity, maxFreeSockets: 2048 })
const proxy = httpProxy.createProxyServer(
  style === 'keep-alive' ? { agent, xfwd: true } : { xfwd: true }
)
proxy.on('error', (_error, _request, response) => {
  if (response instanceof ServerResponse && !response.headersSent) {
    response.writeHead(502).end()
  } else {
    response.destroy()
  }
})

const server = createServer((request, response) => {
  proxy.web(request, response, { target: targets[next++ % targets.length]! })
})
server.keepAliveTimeout = KEEP_ALIVE_MS
server.listen(port, '127.0.0.1', 4096)
