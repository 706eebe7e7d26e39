/** Contract: `switchyard init` in a real terminal, and that `switchyard run` takes what it wrote. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { ChildServer } from '../servers/child-server.ts'
import { getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { freePort } from '../servers/free-ports.ts'
import { exchangeOnce } from '../servers/raw-client.ts'
import { temporaryFolder, type TemporaryFolder } from '../servers/temporary-folder.ts'
import { programPath, requires } from '../setup/requirements.ts'

const CLI = join(import.meta.dirname, '../../main/cli/cli.ts')
const DEADLINE_MS = 15_000

let folder: TemporaryFolder

beforeEach(() => {
  folder = temporaryFolder()
  onTestFinished(() => folder.remove())
})

/** A pseudo-terminal, as util-linux' `script` makes one. */
class Pty {
  readonly #child: ChildProcess
  readonly ended: Promise<unknown[]>
  output = ''
  #from = 0

  constructor(words: readonly string[]) {
    const command = [process.execPath, CLI, ...words].map((word) => `'${word}'`).join(' ')
    const args = ['--quiet', '--return', '--flush', '--command', command, '/dev/null']
    this.#child = spawn(programPath('script'), args, {
      cwd: folder.path,
      env: { ...process.env, NO_COLOR: '1', TERM: 'dumb' }
    })
    this.#child.stdout?.on('data', (bytes: Buffer) => (this.output += bytes.toString()))
    this.ended = once(this.#child, 'close')
    onTestFinished(async () => {
      this.#child.kill('SIGKILL')
      await this.ended
    })
  }

  /** Types this when the question stands there. */
  async reply(question: string, typed: string): Promise<void> {
    await eventually(
      `${question} in ${this.output}`,
      () => this.output.includes(question, this.#from),
      DEADLINE_MS
    )
    this.#from = this.output.indexOf(question, this.#from) + question.length
    this.#child.stdin?.write(typed)
  }

  type(text: string): void {
    this.#child.stdin?.write(text)
  }
}

requires('script')('in a real terminal', () => {
  test('the answers become a file that runs', async () => {
    const [primary, backup] = [await startBackend('primary'), await startBackend('backup')]
    const port = await freePort()
    const pty = new Pty(['init'])
    await pty.reply('Address to listen on', `127.0.0.1:${port}\r`)
    await pty.reply('Primary servers', `${primary.address}\r`)
    await pty.reply('Backup servers', `${backup.address}\r`)
    // Typed ahead: everything that is left takes its default.
    pty.type('\r\r\r\r\r\r\r\r')
    const [code] = await pty.ended
    expect([code, pty.output.includes('Next: switchyard run switchyard.yaml')]).toEqual([0, true])
    const file = join(folder.path, 'switchyard.yaml')
    const running = await ChildServer.start(process.execPath, [CLI, 'run', file], {
      env: { XDG_STATE_HOME: folder.path, NO_COLOR: '1' },
      readyWhen: /Listener web: /
    })
    onTestFinished(() => void running.stop('SIGKILL'))
    expect((await exchangeOnce(port, getRequest('/x'))).body.toString()).toContain('primary /x')
    expect(await running.stop()).toMatchObject({ code: 0 })
  }, 40_000)

  test('Ctrl+C writes nothing and gives the terminal back', async () => {
    const pty = new Pty(['init'])
    await pty.reply('Address to listen on', '\r')
    await pty.reply('Primary servers', '10.0.0.1\x03')
    const [code] = await pty.ended
    expect(code).toBe(1)
    expect(pty.output).toContain('Nothing was written.')
    expect(readdirSync(folder.path)).toEqual([])
  })
})

test('through a pipe nobody is asked', async () => {
  const child = await ChildServer.start(process.execPath, [CLI, 'init'], { cwd: folder.path })
  expect(await child.exited).toMatchObject({ code: 2 })
  expect(child.output).toContain('Nobody can be asked here')
  expect(readdirSync(folder.path)).toEqual([])
})
