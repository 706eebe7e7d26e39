/** Where the console of one user keeps its things, whichever host it has. */
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { stateDirectoryOf } from '../engine-host/state-directory.ts'

export interface ConsoleFolders {
  /** `$XDG_STATE_HOME/switchyard/console/`: lock, history, secrets. */
  readonly stateFolder: string
  /** `$XDG_CONFIG_HOME/switchyard/`: preferences. */
  readonly settingsFolder: string
}

export function consoleFolders(
  environment: Readonly<Record<string, string | undefined>>
): ConsoleFolders {
  const configured = environment['XDG_CONFIG_HOME']
  const home = environment['HOME'] || homedir()
  // XDG base directory specification: a relative path is ignored.
  const base = configured && isAbsolute(configured) ? configured : join(home, '.config')
  return {
    stateFolder: stateDirectoryOf('console', environment),
    settingsFolder: join(base, 'switchyard')
  }
}
