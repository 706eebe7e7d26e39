/**
 * A service with state: `node api-flow.mjs <name> <port>`. Every request belongs to a case, which its
 * field X-Process-Id names; the service counts the steps of each case in memory, so all of them must
 * reach the same instance. It says what it got, one line each. `/health` is for health probes.
 */
import { createServer } from 'node:http'

const [name = 'api-flow-0', port = '9101'] = process.argv.slice(2)
const steps = new Map()

const server = createServer((request, response) => {
  if (request.url === '/health') {
    response.end('ok\n')
    return
  }
  let size = 0
  request.on('data', (part) => (size += part.length))
  request.on('end', () => {
    const id = request.headers['x-process-id'] ?? 'without a case'
    const step = (steps.get(id) ?? 0) + 1
    steps.set(id, step)
    const attempt = request.headers['x-buffered-attempt']
    const again = attempt === undefined ? '' : `, attempt ${attempt}`
    const line = `${name}: case ${id}, step ${step}: ${request.method} ${request.url}, ${size} octets${again}`
    console.log(line)
    response.end(`${line}\n`)
  })
})

server.on('error', (error) => {
  console.error(`${name} cannot listen on port ${port}: ${error.message}`)
  process.exitCode = 1
})

server.listen(Number(port), '127.0.0.1', () => {
  console.log(`${name} listens on http://127.0.0.1:${port}`)
})
