/** An echo backend process on a port that it keeps when it is restarted. */
import { fileURLToPath } from 'node:url'
import { ChildServer } from './child-server.ts'
import { freePort } from './free-ports.ts'

const SCRIPT = fileURLToPath(new URL('./echo-backend.ts', import.meta.url))

export class EchoProcess {
  readonly name: string
  readonly port: number
  #child: ChildServer

  private constructor(name: string, port: number, child: ChildServer) {
    this.name = name
    this.port = port
    this.#child = child
  }

  static async start(name: string, port?: number): Promise<EchoProcess> {
    const chosen = port ?? (await freePort())
    return new EchoProcess(name, chosen, await launch(name, chosen))
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  get pid(): number {
    return this.#child.pid
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.#child.stop('SIGKILL')
  }

  /** SIGSTOP: the kernel still accepts connections, nobody answers. */
  freeze(): void {
    this.#child.signal('SIGSTOP')
  }

  thaw(): void {
    this.#child.signal('SIGCONT')
  }

  /** A new process on the same port, after the old one is gone. */
  async restart(): Promise<void> {
    await this.kill()
    this.#child = await launch(this.name, this.port)
  }

  async stop(): Promise<void> {
    await this.#child.stop('SIGKILL')
  }
}

function launch(name: string, port: number): Promise<ChildServer> {
  return ChildServer.start(process.execPath, [SCRIPT, name, String(port)], {
    readyWhen: /listening \d+/
  })
}
