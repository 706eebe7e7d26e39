/**
 * Contract: `switchyard run` as an operator meets it: a parent and an engine process, the
 * files that they keep, signals, exit codes, and what happens when either is killed.
 */
import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { ChildServer } from '../servers/child-server.ts'
import { configuration } from '../servers/configuration.ts'
import { getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually, within } from '../servers/eventually.ts'
import { freePort } from '../servers/free-ports.ts'
import { gate } from '../servers/gate.ts'
import { RawClient } from '../servers/raw-client.ts'
import type { RecordingBackend } from '../servers/recording-backend.ts'
import { temporaryFolder, type TemporaryFolder } from '../servers/temporary-folder.ts'

const CLI = join(import.meta.dirname, '../../main/cli/cli.ts')
const DEADLINE_MS = 15_000

let folder: TemporaryFolder
let backend: RecordingBackend

beforeEach(async () => {
  folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  backend = await startBackend('a')
})

async function run(file: string, ...options: string[]): Promise<Run> {
  const started = await launch(file, ...options)
  await started.line(/Admin API: /)
  return started
}

async function launch(file: string, ...options: string[]): Promise<Run> {
  const server = await ChildServer.start(process.execPath, [CLI, 'run', file, ...options], {
    env: { XDG_STATE_HOME: folder.path, NO_COLOR: '1' }
  })
  onTestFinished(async () => {
    // Its output closes when its engine, which drains by itself, has ended too.
    await within('the end of both processes', server.stop('SIGKILL'), DEADLINE_MS)
  })
  return new Run(server)
}

class Run {
  readonly server: ChildServer
  #from = 0

  constructor(server: ChildServer) {
    this.server = server
  }

  /** The next place in the output, after the last one found, that fits. */
  async line(pattern: RegExp): Promise<RegExpExecArray> {
    return eventually(
      `${String(pattern)} in\n${this.server.output}`,
      () => {
        const found = pattern.exec(this.server.output.slice(this.#from))
        if (found) this.#from += found.index + found[0].length
        return found ?? undefined
      },
      DEADLINE_MS
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\nOutput:\n${this.server.output}`)
    })
  }

  get port(): number {
    return Number(/Listener web: http:\/\/127\.0\.0\.1:(\d+)/.exec(this.server.output)?.[1])
  }

  get enginePid(): number {
    const lock = JSON.parse(readFileSync(join(this.stateDirectory, 'lock'), 'utf8')) as {
      engine: { pid: number }
    }
    return lock.engine.pid
  }

  get stateDirectory(): string {
    const instance = /instance (\S+),/.exec(this.server.output)?.[1]
    return join(folder.path, 'switchyard', instance ?? 'missing')
  }

  async exit(): Promise<number | null> {
    const { code } = await this.server.exited
    return code
  }

  async get(target: string): Promise<string> {
    const client = await RawClient.connect(this.port)
    try {
      client.send(getRequest(target))
      const response = await client.readResponse()
      return `${response.status} ${response.body.toString()}`
    } finally {
      client.close()
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}

function write(parts: Parameters<typeof configuration>[0] = {}): string {
  return folder.write('switchyard.yaml', configuration({ backends: [backend], ...parts }))
}

async function cli(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, XDG_STATE_HOME: folder.path, NO_COLOR: '1' }
    const child = execFile(process.execPath, [CLI, ...words], { env }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err })
    )
  })
}

test('run serves, names what is open, and ends with 0 on SIGTERM', async () => {
  const running = await run(write())
  expect(await running.get('/hello')).toMatch(/^200 /)
  const token = join(running.stateDirectory, 'admin.token')
  expect(running.server.output).toContain(`(token in ${token})`)
  expect(statSync(token).mode & 0o777).toBe(0o600)
  expect(statSync(running.stateDirectory).mode & 0o777).toBe(0o700)
  const enginePid = running.enginePid
  running.server.signal('SIGTERM')
  await running.line(/Stopped: finished 0, cut 0\./)
  expect(await running.exit()).toBe(0)
  expect(isRunning(enginePid)).toBe(false)
})

test('a second run of the same file is refused with a sentence and exit code 3', async () => {
  const file = write()
  const running = await run(file)
  const second = await cli('run', file)
  expect(second.code).toBe(3)
  expect(second.err).toContain(
    `Process ${running.server.pid} already runs this instance with ${file}`
  )
  expect(second.err).toContain('--instance')
  expect(await running.get('/')).toMatch(/^200 /)
})

test('SIGHUP loads the file again without dropping a connection', async () => {
  const other = await startBackend('b')
  const file = write()
  const running = await run(file)
  const client = await RawClient.connect(running.port)
  onTestFinished(() => client.close())
  client.send(getRequest('/1'))
  expect((await client.readResponse()).body.toString()).toContain('a')
  // Written before the signal and noticed by neither, as on a file system without notices.
  writeFileSync(file, configuration({ backends: [other] }))
  running.server.signal('SIGHUP')
  await running.line(/The configuration is in force/)
  await eventually('the other backend', async () => {
    client.send(getRequest('/2'))
    await client.readResponse()
    return other.requests.length > 0
  })
})

test('a changed file is loaded without a signal, a bad one is refused whole with its line', async () => {
  const file = write()
  const running = await run(file)
  await running.line(/\n/)
  const replace = (text: string): void => {
    writeFileSync(`${file}.new`, text)
    renameSync(`${file}.new`, file)
  }
  replace(configuration({ backends: [backend], route: { pol: 'main' } }))
  await running.line(/ has a problem\. The running configuration stays/)
  await running.line(/switchyard\.yaml:\d+:\d+: error\[UNKNOWN_KEY\]/)
  expect(await running.get('/')).toMatch(/^200 /)
  replace(configuration({ backends: [backend], top: { shutdown_timeout: '3s' } }))
  await running.line(/The configuration is in force/)
  running.server.signal('SIGTERM')
  await running.line(/finish for at most 3 s/)
  expect(await running.exit()).toBe(0)
})

test('a file with problems is exit code 2 and starts nothing', async () => {
  const file = folder.write('bad.yaml', 'pools:\n  - name: api\n    backend: []\n')
  const { code, err } = await cli('run', file)
  expect(code).toBe(2)
  expect(err).toMatch(/bad\.yaml:3:5: error\[UNKNOWN_KEY\]/)
  expect(err).toContain('Nothing is started.')
})

test('a port in use is named with what to do, and the other listeners serve', async () => {
  const port = await occupied()
  const running = await run(write({ listeners: [{ name: 'taken', address: `127.0.0.1:${port}` }] }))
  expect(running.server.output).toMatch(
    new RegExp(`error +Listener taken cannot listen on 127\\.0\\.0\\.1:${port}.*ss -ltnp`)
  )
  expect(running.server.output).not.toContain('Listener taken: http')
  expect(await running.get('/')).toMatch(/^200 /)
})

test('when no listener can be opened the exit code is 3', async () => {
  const port = await occupied()
  const { code, err } = await cli('run', write({ listener: { address: `127.0.0.1:${port}` } }))
  expect(code).toBe(3)
  expect(err).toContain('Nothing is served.')
  expect(err).not.toMatch(/^ +at /m)
})

test('an exchange that outlasts the shutdown timeout is cut, counted, and exit code 1', async () => {
  const release = gate()
  const slow = await startBackend('slow', { script: () => release.opened })
  const running = await run(write({ backends: [slow], top: { shutdown_timeout: '300ms' } }))
  const client = await RawClient.connect(running.port)
  onTestFinished(() => client.close())
  client.send(getRequest('/slow'))
  await eventually('the request at the backend', () => slow.connections.length === 1)
  running.server.signal('SIGTERM')
  await running.line(/Stopped: finished 0, cut 1\./)
  expect(await running.exit()).toBe(1)
  release.open()
})

test('a second SIGINT cuts at once what a long shutdown timeout would wait for', async () => {
  const release = gate()
  const slow = await startBackend('slow', { script: () => release.opened })
  const running = await run(write({ backends: [slow], top: { shutdown_timeout: '10m' } }))
  const client = await RawClient.connect(running.port)
  onTestFinished(() => client.close())
  client.send(getRequest('/slow'))
  await eventually('the request at the backend', () => slow.connections.length === 1)
  running.server.signal('SIGINT')
  await running.line(/Stopping: /)
  running.server.signal('SIGINT')
  await running.line(/Stopped: finished 0, cut 1\./)
  expect(await running.exit()).toBe(1)
  release.open()
})

test('an engine that is killed is started again, and the operator is told', async () => {
  const port = await freePort()
  const running = await run(write({ listener: { address: `127.0.0.1:${port}` } }))
  const first = running.enginePid
  process.kill(first, 'SIGKILL')
  await running.line(/error +The engine process was ended by SIGKILL\. No traffic is served/)
  await running.line(/The engine serves again \(process \d+\)\./)
  expect(running.enginePid).not.toBe(first)
  expect(await running.get('/')).toMatch(/^200 /)
})

test('what the operator set survives a killed engine', async () => {
  const other = await startBackend('b')
  const running = await run(write({ backends: [backend, other] }))
  const token = readFileSync(join(running.stateDirectory, 'admin.token'), 'utf8').trim()
  const admin = /Admin API: (http:\/\/\S+)/.exec(running.server.output)![1]!
  const address = encodeURIComponent(backend.address)
  const answer = await fetch(`${admin}/api/v1/pools/main/backends/${address}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ state: 'maint', reason: 'disk swap' })
  })
  expect(answer.status, await answer.text()).toBe(200)
  await eventually('the overlay on disk', () => {
    const file = join(running.stateDirectory, 'overlay.json')
    return readFileSync(file, 'utf8').includes('disk swap')
  })
  process.kill(running.enginePid, 'SIGKILL')
  await running.line(/serves again/)
  expect(running.server.output).toMatch(
    /was set from ready to maint \(disk swap\)[\s\S]*No traffic[\s\S]*was set from ready to maint \(disk swap\)/
  )
})

test('when the parent is killed the engine finishes what runs, exits, and the next run takes over', async () => {
  const release = gate()
  const slow = await startBackend('slow', {
    script: async (exchange) => {
      await release.opened
      exchange.respond({ body: 'late' })
    }
  })
  const file = write({ backends: [slow] })
  const running = await run(file)
  const enginePid = running.enginePid
  const client = await RawClient.connect(running.port)
  onTestFinished(() => client.close())
  client.send(getRequest('/slow'))
  await eventually('the request at the backend', () => slow.connections.length === 1)
  running.server.signal('SIGKILL')
  await eventually('the end of the parent', () => !isRunning(running.server.pid))
  expect(isRunning(enginePid)).toBe(true)
  const next = await launch(file)
  await next.line(new RegExp(`earlier run \\(process ${enginePid}\\) still drains`))
  release.open()
  expect((await client.readResponse()).body.toString()).toBe('late')
  await eventually('the end of the engine', () => !isRunning(enginePid), DEADLINE_MS)
  await next.line(/Admin API: /)
})

test('with --log-format json every line of the log is one object', async () => {
  const running = await launch(write(), '--log-format', 'json')
  await running.line(/Admin API/)
  running.server.signal('SIGTERM')
  expect(await running.exit()).toBe(0)
  const lines = running.server.output.trimEnd().split('\n')
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ at: expect.any(String) })
  expect(lines.length).toBeGreaterThan(3)
})

test('the engine and the processes of bench are not started by hand', async () => {
  const engine = join(import.meta.dirname, '../../proxy-core/engine/engine-process.ts')
  const byHand = await new Promise<string>((resolve) => {
    execFile(process.execPath, [engine], (error, _, err) => resolve(`${error?.code} ${err}`))
  })
  expect(byHand).toBe('64 This is the engine of `switchyard run`; it is not started by hand.\n')
  expect(await cli('bench-worker')).toMatchObject({ code: 64 })
})

test('bench measures three loads and says so to people and to machines', async () => {
  const { code, out, err } = await cli(
    'bench',
    '--duration',
    '600ms',
    '--connections',
    '4',
    '--json'
  )
  expect(`${code} ${err}`).toBe('0 ')
  const report = JSON.parse(out) as { loads: { name: string; requests: number; errors: number }[] }
  expect(report.loads.map(({ name }) => name)).toEqual(['direct', 'plain', 'full'])
  for (const load of report.loads) {
    expect(load.requests).toBeGreaterThan(0)
    expect(load.errors).toBe(0)
  }
  expect(report.loads[1]).toMatchObject({
    cpuMicrosPerRequest: expect.any(Number),
    engineBytes: expect.any(Number)
  })
})

async function occupied(): Promise<number> {
  const port = await freePort()
  const occupant = createServer()
  await new Promise<void>((resolve) => occupant.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => void occupant.close(() => resolve())))
  return port
}
