/**
 * The example around api-flow as its README starts it, in a folder of its own and on free ports. All
 * that was started ends with the test.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { ChildServer } from '../servers/child-server.ts'
import { freePort } from '../servers/free-ports.ts'
import { temporaryFolder } from '../servers/temporary-folder.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/switchyard.cjs', import.meta.url))
const EXAMPLE = fileURLToPath(new URL('../../resources/examples/api-flow/', import.meta.url))
const PORT = /\b(?:8080|8081|8082|9001|9002|9101|9102|9103)\b/g

export interface Answer {
  readonly status: number
  readonly location: string | null
  readonly body: string
}

/** What a server said of one request. */
export interface Step {
  readonly server: string
  readonly id: string
  readonly path: string
}

export class ExampleRun {
  readonly #folder: string
  readonly #ports = new Map<string, number>()
  /** In the order in which they came, of all servers. */
  readonly steps: Step[] = []

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async create(): Promise<ExampleRun> {
    const folder = temporaryFolder()
    onTestFinished(() => folder.remove())
    cpSync(EXAMPLE, folder.path, { recursive: true })
    const run = new ExampleRun(folder.path)
    for (const port of ['8080', '8081', '8082', '9001', '9002', '9101', '9102', '9103']) {
      run.#ports.set(port, await freePort())
    }
    return run
  }

  /** `server('api-flow-1')` is the one on port 9102. */
  async server(name: string): Promise<ChildServer> {
    const port = this.#portOf(String(9101 + Number(name.slice(-1))))
    const file = join(this.#folder, 'api-flow.mjs')
    const server = await ChildServer.start(process.execPath, [file, name, String(port)], {
      readyWhen: /listens on/,
      onLine: (line) => this.#note(line)
    })
    onTestFinished(async () => void (await server.stop('SIGKILL')))
    return server
  }

  /** `switchyard run` of one of its files. */
  async balancer(name: string): Promise<ChildServer> {
    const file = join(this.#folder, name)
    const text = readFileSync(file, 'utf8').replaceAll(PORT, (port) => String(this.#portOf(port)))
    // The files that say nothing of it share a port that another test may have.
    const admin = text.includes('\nadmin:')
      ? ''
      : `admin: { address: 127.0.0.1:${await freePort()} }\n`
    writeFileSync(file, `${text}${admin}`)
    const balancer = await ChildServer.start(process.execPath, [LAUNCHER, 'run', file], {
      readyWhen: /Admin API: /,
      env: { XDG_STATE_HOME: join(this.#folder, 'state') }
    })
    onTestFinished(async () => void (await balancer.stop('SIGKILL')))
    return balancer
  }

  /** One step of a case, through the address that clients know. */
  send(id: number, path: string): Promise<Answer> {
    const headers = { 'X-Process-Id': String(id) }
    const where = { port: this.#portOf('8080'), path, method: 'POST', headers, agent: false }
    return new Promise((resolve, reject) => {
      const sent = request(where, (response) => {
        let body = ''
        response.on('data', (bytes: Buffer) => (body += bytes.toString()))
        response.on('end', () => {
          const { statusCode: status = 0, headers: fields } = response
          resolve({ status, location: fields.location ?? null, body })
        })
      })
      sent.on('error', reject).end('step')
    })
  }

  /** The paths of the steps of a case, each once, in the order in which they first came. */
  stepsOf(id: number): readonly string[] {
    const paths = this.steps.filter((step) => step.id === String(id)).map(({ path }) => path)
    return [...new Set(paths)]
  }

  serversOf(id: number): readonly string[] {
    return [
      ...new Set(this.steps.filter((step) => step.id === String(id)).map(({ server }) => server))
    ]
  }

  #note(line: string): void {
    const [, server, id, path] = /^([\w-]+): case (\S+), step \d+: POST (\S+),/.exec(line) ?? []
    if (server !== undefined) this.steps.push({ server, id: id!, path: path! })
  }

  #portOf(written: string): number {
    const port = this.#ports.get(written)
    if (port === undefined) throw new Error(`The example has no port ${written}.`)
    return port
  }
}
