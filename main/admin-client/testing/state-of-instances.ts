/** A state directory as running instances keep it, for tests of what finds them. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../../../test/servers/temporary-folder.ts'
import { writeEndpoint, type AdminEndpoint } from '../../engine-host/admin-endpoint.ts'
import { identityOf } from '../../../proxy-core/process/process-identity.ts'

interface Instance {
  readonly config?: string
  /** Default: a token. null: none. */
  readonly token?: string | null
  readonly endpoint?: AdminEndpoint | null
  /** Default: this process, which lives. */
  readonly pid?: number
}

export class StateOfInstances {
  readonly #folder = temporaryFolder()

  get environment(): Readonly<Record<string, string>> {
    return { XDG_STATE_HOME: this.#folder.path }
  }

  pathOf(name: string): string {
    return join(this.#folder.path, 'switchyard', name)
  }

  async add(name: string, instance: Instance = {}): Promise<void> {
    const { config = `/etc/${name}.yaml`, token = 't'.repeat(43), endpoint = null, pid } = instance
    const directory = this.pathOf(name)
    mkdirSync(directory, { recursive: true })
    const owner = pid === undefined ? identityOf(process.pid) : { pid, startTicks: 1 }
    const write = (file: string, text: string): void => writeFileSync(join(directory, file), text)
    write('lock', JSON.stringify({ owner, engine: null, config }))
    if (token !== null) write('admin.token', `${token}\n`)
    await writeEndpoint(directory, endpoint)
  }

  remove(): void {
    this.#folder.remove()
  }
}
