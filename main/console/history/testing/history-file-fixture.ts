/** A history in a folder of its own that is closed and removed with the test. */
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from '../../../../test/servers/temporary-folder.ts'
import { History } from '../history.ts'
import { SqliteHistory } from '../sqlite-history.ts'
import { JumpingClock } from './jumping-clock.ts'

export class HistoryFixture {
  readonly clock = new JumpingClock()
  readonly folder: string
  readonly file: string
  /** What was told to be wrong. */
  readonly told: string[] = []
  readonly #stores: SqliteHistory[] = []

  constructor() {
    const folder = temporaryFolder()
    onTestFinished(() => folder.remove())
    this.folder = join(folder.path, 'console')
    this.file = join(this.folder, 'history.db')
  }

  store(queueLimit?: number): SqliteHistory {
    const store = new SqliteHistory({
      file: this.file,
      clock: this.clock,
      onTrouble: ({ message }) => this.told.push(message),
      ...(queueLimit !== undefined && { queueLimit })
    })
    this.#stores.push(store)
    onTestFinished(() => store.close())
    return store
  }

  /** What is queued is written; the next store can have the file. */
  closeStores(): void {
    for (const store of this.#stores) void store.close()
  }

  async history(): Promise<History> {
    const history = await History.open({
      clock: this.clock,
      stateFolder: this.folder,
      version: '1.2.3',
      pid: 4711,
      say: (line) => this.told.push(line)
    })
    onTestFinished(() => history.close())
    return history
  }
}
