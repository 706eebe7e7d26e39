/** The instances of this user that run on this machine, found by what they keep in their state. */
import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import { readEndpoint } from '../engine-host/admin-endpoint.ts'
import { readAdminToken } from '../engine-host/admin-token.ts'
import { holderOf } from '../engine-host/instance-lock.ts'
import { stateDirectoryOf, stateUnusable } from '../engine-host/state-directory.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface RunningInstance {
  readonly name: string
  readonly pid: number
  /** The configuration, as whoever started it named it. */
  readonly config: string
  /** null: its admin API is not open. */
  readonly endpoint: { readonly url: string; readonly certificateFile: string | null } | null
  readonly tokenFile: string
  readonly token: string
}

/**
 * In the order of their names. One that cannot be read is somebody else's, as after `sudo`: it is
 * left out while there are others, else its STATE_UNUSABLE is thrown.
 */
export async function runningInstances(
  environment: Environment
): Promise<readonly RunningInstance[]> {
  // Any name will do to learn where all of them are.
  const folder = dirname(stateDirectoryOf('any', environment))
  const names = await namesIn(folder)
  const looks = await Promise.allSettled(names.map((name) => lookAt(join(folder, name))))
  const found = looks.flatMap((look) => (look.status === 'fulfilled' ? (look.value ?? []) : []))
  const unreadable = looks.find((look) => look.status === 'rejected')
  if (found.length === 0 && unreadable !== undefined) throw unreadable.reason
  return found
}

/**
 * The instance of that name, or the only one. Throws INSTANCE_NONE, INSTANCE_AMBIGUOUS or
 * STATE_UNUSABLE.
 */
export async function findInstance(
  name: string | null,
  environment: Environment
): Promise<RunningInstance> {
  if (name !== null) {
    const stateDirectory = stateDirectoryOf(name, environment)
    const instance = await lookAt(stateDirectory)
    if (instance) return instance
    throw none(`No instance ${name} runs (state directory ${stateDirectory}).`)
  }
  const all = await runningInstances(environment)
  const [only, ...others] = all
  if (only === undefined) {
    const folder = dirname(stateDirectoryOf('any', environment))
    throw none(`No instance of this user runs (looked in ${folder}).`)
  }
  if (others.length === 0) return only
  const list = all.map((one) => `${one.name} (${one.config})`).join(', ')
  throw new SwitchyardError('INSTANCE_AMBIGUOUS', `${all.length} instances run: ${list}.`)
}

/** null: nothing runs there, or it is no instance: the console has a lock of its own. */
async function lookAt(stateDirectory: string): Promise<RunningInstance | null> {
  const holder = await holderOf(stateDirectory)
  if (holder === null) return null
  const token = await readAdminToken(stateDirectory)
  if (token === null) return null
  return {
    name: basename(stateDirectory),
    pid: holder.pid,
    config: holder.config,
    endpoint: await readEndpoint(stateDirectory),
    tokenFile: token.file,
    token: token.token
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).toSorted()
  } catch (error) {
    if (isMissing(error)) return []
    throw stateUnusable(folder, 'read', error)
  }
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return code === 'ENOENT' || code === 'ENOTDIR'
}

function none(message: string): SwitchyardError {
  return new SwitchyardError('INSTANCE_NONE', message)
}
