/**
 * Where one instance of `switchyard run` keeps what must outlive it: the admin token, the
 * lock and the operator's overlay. `$XDG_STATE_HOME/switchyard/<instance>/`, mode 0700.
 */
import { createHash } from 'node:crypto'
import { chmod, mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, extname, isAbsolute, join, resolve } from 'node:path'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'

/** Names that are safe as one path segment on every file system. */
const INSTANCE_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

export function isInstanceName(name: string): boolean {
  return INSTANCE_PATTERN.test(name)
}

/**
 * The instance of a configuration file when the operator names none: its name, readable,
 * and eight hex digits of its absolute path, so that two `switchyard.yaml` do not meet.
 */
export function instanceOf(configFile: string): string {
  const absolute = resolve(configFile)
  const digest = createHash('sha256').update(absolute).digest('hex').slice(0, 8)
  const name = basename(absolute, extname(absolute)).replaceAll(/[^A-Za-z0-9._-]+/g, '-')
  const readable = name.replace(/^[^A-Za-z0-9]+/, '').slice(0, 40)
  return `${readable || 'config'}-${digest}`
}

/** XDG base directory specification: a relative XDG_STATE_HOME is ignored. */
export function stateDirectoryOf(
  instance: string,
  environment: Readonly<Record<string, string | undefined>>
): string {
  const configured = environment.XDG_STATE_HOME
  const home = environment.HOME || homedir()
  const base = configured && isAbsolute(configured) ? configured : join(home, '.local', 'state')
  return join(base, 'switchyard', instance)
}

/** Makes the directory, 0700 also when it was there before. Throws STATE_UNUSABLE. */
export async function createStateDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await chmod(directory, 0o700)
  } catch (error) {
    throw stateUnusable(directory, 'made', error)
  }
}

export function stateUnusable(path: string, verb: string, cause: unknown): SwitchyardError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new SwitchyardError(
    'STATE_UNUSABLE',
    `${path} could not be ${verb}: ${reason}.`,
    { path },
    { cause }
  )
}
