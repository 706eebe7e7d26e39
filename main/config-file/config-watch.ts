/**
 * Notices that a configuration file may have changed. Folders are watched and not the
 * file: editors replace a file by rename, and Kubernetes swaps a symbolic link in the path
 * of a ConfigMap, and either would leave a watch on the file looking at something dead.
 */
import { existsSync, watch, type FSWatcher } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Clock, Timer } from '../../proxy-core/time/clock.ts'
import { watchedPaths } from './watched-paths.ts'

/** Editors write in several steps; the last one counts. */
const QUIET_MS = 100

export interface ConfigWatchHandlers {
  /** Something happened in a folder of the file. Whether the file changed is for the reader to see. */
  onChange(): void
  /** Nothing will be noticed any more; a sentence. Called at most once. */
  onLost(reason: string): void
}

export class ConfigWatch {
  readonly #file: string
  readonly #clock: Clock
  readonly #handlers: ConfigWatchHandlers
  readonly #watchers: FSWatcher[] = []
  #quiet: Timer | null = null
  #isClosed = false

  constructor(file: string, clock: Clock, handlers: ConfigWatchHandlers) {
    this.#file = resolve(file)
    this.#clock = clock
    this.#handlers = handlers
    this.#watchFolders()
  }

  close(): void {
    this.#isClosed = true
    this.#quiet?.cancel()
    for (const watcher of this.#watchers.splice(0)) watcher.close()
  }

  #watchFolders(): void {
    for (const watcher of this.#watchers.splice(0)) watcher.close()
    try {
      for (const [folder, names] of watchedPaths(this.#file)) this.#watch(folder, names)
    } catch (error) {
      this.#lose(error)
    }
  }

  #watch(folder: string, names: ReadonlySet<string>): void {
    // Where a dangling link points to there is nothing to watch; the link itself is watched.
    if (folder !== dirname(this.#file) && !existsSync(folder)) return
    const watcher = watch(folder, (_, name) => {
      if (name === null || names.has(name)) this.#wait()
    })
    watcher.on('error', (error) => this.#lose(error))
    this.#watchers.push(watcher)
  }

  #wait(): void {
    if (this.#isClosed) return
    this.#quiet?.cancel()
    this.#quiet = this.#clock.setTimeout(() => {
      // A swapped link leads elsewhere, and a replaced folder is another one of the same name.
      this.#watchFolders()
      if (!this.#isClosed) this.#handlers.onChange()
    }, QUIET_MS)
  }

  #lose(error: unknown): void {
    if (this.#isClosed) return
    this.close()
    const reason = error instanceof Error ? error.message : String(error)
    this.#handlers.onLost(`${this.#file} cannot be watched: ${reason}.`)
  }
}
