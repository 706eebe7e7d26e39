/**
 * A backend to try the balancer with: `node backend.mjs <name> <port>`. Every answer names
 * the backend and counts its requests; `/health` answers 200 for the health probes.
 */
import { createServer } from 'node:http'

const [name = 'blue', port = '9101'] = process.argv.slice(2)
let requests = 0

const server = createServer((request, response) => {
  response.setHeader('X-Backend', name)
  if (request.url === '/health') {
    response.end('ok\n')
    return
  }
  requests += 1
  response.end(`${name} answered ${request.method} ${request.url} (its request ${requests})\n`)
})

server.on('error', (error) => {
  console.error(`The backend ${name} cannot listen on port ${port}: ${error.message}`)
  process.exitCode = 1
})

server.listen(Number(port), '127.0.0.1', () => {
  console.log(`${name} listens on http://127.0.0.1:${port}`)
})
