/** A configuration file as the open workspace: watched, and run as it changes. */
import type { Clock } from '../../../proxy-core/time/clock.ts'
import { ConfigWatch } from '../../config-file/config-watch.ts'
import { instanceOf, stateDirectoryOf } from '../../engine-host/state-directory.ts'
import { FileOrigin } from './config-origin.ts'
import type { EngineDesk } from './engine-desk.ts'
import { EngineSeat } from './engine-seat.ts'
import { OpenConfig } from './open-config.ts'
import type { SessionTexts } from './session-texts.ts'
import { StagedFile } from './staged-file.ts'

export interface FileWorkspaceParts {
  readonly clock: Clock
  readonly engine: EngineDesk
  /** The console's own. */
  readonly stateFolder: string
  /** For the state directories of engines. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly texts: SessionTexts
  /** Something happened to the file or beside it. */
  onChange(workspace: FileWorkspace): void
  /** Nothing will be noticed any more; a sentence. */
  onWatchLost(reason: string): void
}

export class FileWorkspace {
  readonly kind = 'file'
  readonly demo = null
  readonly file: string
  readonly config: OpenConfig
  readonly #watch: ConfigWatch

  /** `file` is absolute. Watched from now on, so that no change is missed while it is loaded. */
  constructor(file: string, parts: FileWorkspaceParts) {
    const { clock, engine, stateFolder, environment, texts } = parts
    this.file = file
    this.config = new OpenConfig({
      origin: new FileOrigin(file),
      engine: new EngineSeat(engine, stateDirectoryOf(instanceOf(file), environment)),
      stagedFile: new StagedFile(stateFolder, file),
      texts
    })
    this.#watch = new ConfigWatch(file, clock, {
      onChange: () => parts.onChange(this),
      onLost: (reason) => parts.onWatchLost(reason)
    })
  }

  async close(): Promise<void> {
    this.#watch.close()
    await this.config.close()
  }
}
