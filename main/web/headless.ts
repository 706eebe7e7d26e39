/** The Node entry of the web host, for a machine without a display: `headless.js [--port n]`. */
import { parseArgs } from 'node:util'
import { runConsoleProcess } from './console-process.ts'

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })
const port = Number(values.port)

if (Number.isInteger(port) && port >= 0 && port <= 65_535) {
  await runConsoleProcess({ host: 'web', port, isBrowserWanted: false })
} else {
  process.stderr.write(`--port takes a number from 0 to 65535, not "${values.port}".\n`)
  process.exitCode = 2
}
