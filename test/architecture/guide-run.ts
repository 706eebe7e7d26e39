/**
 * Does what a guide says, block by block: shell blocks run in one shell, `switchyard run` in a
 * process beside it, and a block without a language is what must then be read, in the shell's
 * output or in the balancer's log. Everything happens in a folder of its own and on free ports.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { ChildServer } from '../servers/child-server.ts'
import { eventually } from '../servers/eventually.ts'
import { freePort } from '../servers/free-ports.ts'
import { temporaryFolder, type TemporaryFolder } from '../servers/temporary-folder.ts'
import { ROOT, type CodeBlock } from './markdown.ts'

/** Every port that the guides and the demo use. */
const PORTS = ['8080', '8443', '9000', '9101', '9102', '9443']
const DEADLINE_MS = 20_000

export class GuideRun {
  readonly #folder: TemporaryFolder
  readonly #ports: ReadonlyMap<string, string>
  readonly #shell: ChildProcess
  #shellOutput = ''
  #balancer: ChildServer | null = null
  /** What has been said since the last shell block began. */
  #seen = { shell: 0, log: 0 }
  #marks = 0

  private constructor(folder: TemporaryFolder, ports: ReadonlyMap<string, string>) {
    this.#folder = folder
    this.#ports = ports
    // A group of its own, so that what a broken guide started can be ended with it.
    this.#shell = spawn('bash', [], {
      cwd: folder.path,
      env: this.#environment,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true
    })
    for (const stream of [this.#shell.stdout, this.#shell.stderr]) {
      stream?.on('data', (bytes: Buffer) => (this.#shellOutput += bytes.toString()))
    }
  }

  static async create(): Promise<GuideRun> {
    const ports = new Map<string, string>()
    for (const port of PORTS) ports.set(port, String(await freePort()))
    const folder = temporaryFolder()
    symlinkSync(join(ROOT, 'bin'), join(folder.path, 'bin'))
    mkdirSync(join(folder.path, 'resources/demo'), { recursive: true })
    const run = new GuideRun(folder, ports)
    for (const file of ['backend.mjs', 'switchyard.yaml']) {
      const path = `resources/demo/${file}`
      const admin = file.endsWith('.yaml') ? 'admin: { address: 127.0.0.1:9000 }\n' : ''
      folder.write(path, run.#here(readFileSync(join(ROOT, path), 'utf8') + admin))
    }
    return run
  }

  /** Throws with what was said when the guide is wrong. */
  async follow(block: CodeBlock): Promise<void> {
    if (block.language === 'sh') await this.#execute(block.text)
    else if (block.text.startsWith('$ ')) await this.#compare(block.text)
    else if (block.language === '') await this.#expect(block.text)
  }

  async dispose(): Promise<void> {
    if (this.#balancer?.isRunning) await this.#balancer.stop('SIGKILL')
    const closed = once(this.#shell, 'close')
    process.kill(-this.#shell.pid!, 'SIGKILL')
    await closed
    this.#folder.remove()
  }

  get #environment(): NodeJS.ProcessEnv {
    const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`
    return { PATH: path, HOME: this.#folder.path }
  }

  async #execute(text: string): Promise<void> {
    const lines = text.split('\n').filter((line) => !/^npm ci\b/.test(line))
    const command = this.#here(lines.join('\n')).replaceAll(
      'npx switchyard',
      'node bin/switchyard.cjs'
    )
    this.#seen = { shell: this.#shellOutput.length, log: this.#log.length }
    if (/^node bin\/switchyard\.cjs run /m.test(command)) return this.#launch(command.trim())
    const sleep = /^sleep \d+$/m
    const [before, after] = command.split(sleep)
    await this.#inShell(before!)
    if (after === undefined) return
    await this.#backendsAreUp(before!)
    await this.#inShell(after)
  }

  async #launch(command: string): Promise<void> {
    if (this.#balancer?.isRunning) await this.#balancer.stop()
    const [program, ...args] = command.split(/\s+/)
    this.#seen.log = 0
    this.#balancer = await ChildServer.start(program!, args, {
      cwd: this.#folder.path,
      env: { ...this.#environment, XDG_STATE_HOME: '' } as Record<string, string>,
      readyWhen: /Admin API: /
    })
  }

  /** Guides sleep because people have no conditions to wait for; here there is one. */
  async #backendsAreUp(command: string): Promise<void> {
    const ports = [...command.matchAll(/backend\.mjs \w+ (\d+)/g)].map(([, port]) => port!)
    // One that was up before is not up again yet.
    const said = (): string => this.#log.slice(this.#seen.log)
    await eventually(
      'every backend is up',
      () => ports.every((port) => said().includes(`127.0.0.1:${port} is up`)),
      DEADLINE_MS
    )
  }

  async #inShell(command: string): Promise<void> {
    const mark = `mark-${++this.#marks}-`
    this.#shell.stdin?.write(`${command}\necho "${mark}$?"\n`)
    await eventually(
      `the end of: ${command}\n${this.#shellOutput}`,
      () => this.#shellOutput.includes(mark),
      DEADLINE_MS
    )
    if (!this.#shellOutput.includes(`${mark}0`)) {
      throw new Error(`A command failed:\n${command}\n${this.#shellOutput}`)
    }
  }

  /** `$ command`, and under it exactly what it prints. */
  async #compare(text: string): Promise<void> {
    const [first, ...expected] = text.split('\n')
    await this.#execute(first!.slice(2))
    const printed = this.#asWritten(this.#said).replace(/^mark-\d+-0\n$/m, '')
    if (printed.trim() === expected.join('\n').trim()) return
    throw new Error(`${first}\nprints:\n${printed}\nand not:\n${expected.join('\n')}`)
  }

  async #expect(text: string): Promise<void> {
    if (text.startsWith('Stopped: ')) await this.#balancer?.stop('SIGINT')
    for (const line of text.split('\n').filter((one) => one !== '')) {
      await eventually(
        `"${line}" in:\n${this.#asWritten(this.#said)}`,
        () => this.#asWritten(this.#said).includes(line),
        DEADLINE_MS
      )
    }
  }

  get #said(): string {
    return this.#shellOutput.slice(this.#seen.shell) + this.#log.slice(this.#seen.log)
  }

  get #log(): string {
    return this.#balancer?.output ?? ''
  }

  #here(text: string): string {
    return text.replace(/\b\d{4}\b/g, (port) => this.#ports.get(port) ?? port)
  }

  #asWritten(text: string): string {
    const written = new Map([...this.#ports].map(([there, here]) => [here, there]))
    return text.replace(/\b\d{4,5}\b/g, (port) => written.get(port) ?? port)
  }
}
