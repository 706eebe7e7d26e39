/** Contract: each load and each stop is told so that somebody woken by it knows where they stand. */
import { unlinkSync, writeFileSync } from 'node:fs'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../../test/servers/eventually.ts'
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import { temporaryFolder } from '../../../test/servers/temporary-folder.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { EngineHost } from '../../engine-host/engine-host.ts'
import { MemoryEngine } from '../../engine-host/testing/memory-engine.ts'
import { readConfig } from '../../config-file/config-file.ts'
import { CapturedTerminal } from '../testing/captured-terminal.ts'
import type { NotificationConfig } from '../../notifications/notification-desk.ts'
import { OperatorLog, type LogFormat } from './operator-log.ts'
import { RunSession } from './run-session.ts'

const GOOD =
  'pools: [{ name: api, backends: [{ address: "10.0.0.1:80" }] }]\nroutes: [{ pool: api }]\n'
const TIME = '2026-01-01T00:00:00.000Z'

class Running {
  readonly clock = new ManualClock()
  readonly terminal = new CapturedTerminal()
  readonly engine = new MemoryEngine()
  readonly host: EngineHost
  readonly file: string

  constructor() {
    const folder = temporaryFolder()
    onTestFinished(() => folder.remove())
    this.file = folder.write('switchyard.yaml', GOOD)
    this.host = new EngineHost({
      launch: () => this.engine.speak(this.clock),
      clock: this.clock,
      version: '1.0.0',
      adminToken: 'token',
      stateDirectory: null,
      onEvent: () => {}
    })
  }

  /** What the desk of notifications was told, in order. */
  readonly told: string[] = []
  readonly notifications = {
    configure: ({ notification }: NotificationConfig): void =>
      void this.told.push(`configure ${notification.channels.map(({ name }) => name).join()}`),
    stop: (): Promise<void> => Promise.resolve(void this.told.push('stop'))
  }

  async session(format: LogFormat = 'text'): Promise<RunSession> {
    const log = new OperatorLog(this.terminal, this.clock, format)
    const parts = {
      host: this.host,
      log,
      file: this.file,
      overrides: {},
      tokenFile: '/s/admin.token',
      notifications: this.notifications
    }
    const config = await readConfig(this.file)
    if (!config.result.ok) throw new Error('The configuration of this test is wrong.')
    const session = new RunSession(parts, config, config.result.settings)
    expect(await session.start(config)).toBeNull()
    return session
  }

  write(text: string): void {
    writeFileSync(this.file, text)
  }

  /** What was logged since the last call, without the folder and the moment. */
  logged(): string {
    const text = this.terminal.stderr.replaceAll(this.file, 'a.yaml').replaceAll(TIME, 'NOW')
    this.terminal.stderr = ''
    return text
  }
}

let running: Running

beforeEach(() => {
  running = new Running()
})

test('a start ends with one line per URL and the file of the token', async () => {
  await running.session()
  expect(running.logged()).toBe(
    'NOW info    Listener web: http://127.0.0.1:8080\n' +
      'NOW info    Admin API: http://[::1]:9000 (token in /s/admin.token)\n'
  )
})

test('notifications follow the configuration that is in force, and end after the engine', async () => {
  running.write(`${GOOD}failover: { notification: { channels: [{ type: log }] } }\n`)
  const session = await running.session()
  running.write(`${GOOD}failover: { notification: { channels: [{ type: log, name: a }] } }\n`)
  await session.reload('file')
  running.write('nonsense: true\n')
  await session.reload('file')
  await session.stop()
  expect(running.told).toEqual(['configure log', 'configure a', 'stop'])
})

test('a reload that opens nothing new repeats no URL', async () => {
  const session = await running.session()
  running.logged()
  running.write(`${GOOD}shutdown_timeout: 3s\n`)
  await session.reload('file')
  expect(running.engine.documents).toHaveLength(2)
  expect(running.logged()).toBe('')
})

test('a file event with the same text loads nothing, a signal loads it again', async () => {
  const session = await running.session()
  await session.reload('file')
  expect(running.engine.documents).toHaveLength(1)
  await session.reload('signal')
  expect(running.engine.documents).toHaveLength(2)
})

test('a bad file is refused whole with its line, and said once for each text', async () => {
  const session = await running.session()
  running.logged()
  running.write(GOOD.replace('backends', 'backend'))
  await session.reload('file')
  expect(running.logged()).toBe(
    `NOW error   a.yaml has a problem. The running configuration stays.
    a.yaml:1:22: error[UNKNOWN_KEY] \`backend\` is no option of pools[]. (pools[0].backend)
        1 | pools: [{ name: api, backend: [{ address: "10.0.0.1:80" }] }]
          |                      ^^^^^^^
      hint: Did you mean \`backends\`?
`
  )
  await session.reload('file')
  expect(running.logged()).toBe('')
  expect(running.engine.documents).toHaveLength(1)
  running.write(GOOD)
  await session.reload('file')
  expect(running.engine.documents).toHaveLength(2)
})

test('a refusal of the engine is said with its reason and what to do', async () => {
  const session = await running.session()
  running.logged()
  running.engine.engine!.refusal = new SwitchyardError('CONFIG_NEEDS_RESTART', 'The address moved.')
  await session.reload('signal')
  expect(running.logged()).toBe(
    'NOW error   The address moved. The running configuration stays. ' +
      'Restart the engine to apply it, or take the change back.\n'
  )
})

test('a file that vanishes is said once, and loaded when it is back', async () => {
  const session = await running.session()
  running.logged()
  unlinkSync(running.file)
  await session.reload('file')
  expect(running.logged()).toMatch(
    /^NOW error {3}a\.yaml cannot be read: ENOENT.*configuration stays\.\n$/
  )
  await session.reload('file')
  expect(running.logged()).toBe('')
  running.write(GOOD)
  await session.reload('file')
  expect(running.engine.documents).toHaveLength(2)
})

test('reloads that are asked for during one become one more', async () => {
  const session = await running.session()
  const first = session.reload('signal')
  void session.reload('signal')
  void session.reload('file')
  await first
  expect(running.engine.documents).toHaveLength(3)
})

test('a reload while the engine is down says when it takes effect', async () => {
  const session = await running.session()
  running.logged()
  running.engine.exit({ code: 1, signal: null })
  await ManualClock.flush()
  await session.reload('signal')
  expect(running.logged()).toBe(
    'NOW error   The engine is down; this configuration is loaded when it is back.\n'
  )
})

test('a clean stop is exit code 0, with the count', async () => {
  const session = await running.session()
  running.logged()
  running.engine.engine!.stopping = Promise.resolve({ finished: 12, cut: 0 })
  expect(await session.stop()).toBe(0)
  expect(running.logged()).toBe(
    'NOW info    Stopping: no new connections, running exchanges may finish for at most 25 s.\n' +
      'NOW info    Stopped: finished 12, cut 0.\n'
  )
})

test('a stop that cut something is exit code 1 and a warning', async () => {
  const session = await running.session()
  running.logged()
  expect(await session.stop()).toBe(1)
  expect(running.logged()).toContain('NOW warning Stopped: finished 2, cut 1.\n')
})

test('an engine that must be killed is exit code 1 and an error', async () => {
  const session = await running.session()
  running.engine.engine!.stopping = new Promise(() => {})
  const stop = session.stop()
  await eventually('the stop', () => running.engine.engine!.calls.includes('stop'))
  running.clock.advance(28_000)
  expect(await stop).toBe(1)
  expect(running.logged()).toContain(
    'error   The engine process was ended by SIGKILL. What still ran was cut and is not counted.\n'
  )
})

test('a second interrupt cuts what still runs', async () => {
  const session = await running.session()
  running.engine.engine!.stopping = new Promise(() => {})
  running.engine.engine!.counters.inFlight = 2
  const stop = session.stop()
  session.cut()
  expect(await stop).toBe(1)
  expect(running.logged()).toMatch(/Cutting what still runs\.\n.*Stopped: finished 0, cut 2\.\n$/)
})

test('in JSON every line is one object with time, level, message and code', async () => {
  const session = await running.session('json')
  running.write('pools: 5\n')
  await session.reload('file')
  const lines = running.terminal.stderr.trimEnd().split('\n')
  const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(entries[0]).toEqual({
    at: TIME,
    level: 'info',
    message: 'Listener web: http://127.0.0.1:8080'
  })
  expect(entries.at(-1)).toMatchObject({
    at: TIME,
    level: 'error',
    code: 'CONFIG_INVALID',
    problems: [{ line: 1, column: 8 }]
  })
})
