/** Versions for the report. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const REPOSITORY = join(import.meta.dirname, '..', '..')

/** The first dotted number that a command prints, e.g. "2.6.12" from `haproxy -v`. */
export function commandVersion(command: string, flag: string): string {
  const { stdout, stderr, error } = spawnSync(command, [flag], { encoding: 'utf8' })
  if (error) {
    throw new Error(`${command} is not installed (Debian: apt-get install haproxy nginx wrk).`)
  }
  return /\d+\.\d+(?:\.\d+)?/.exec(stdout + stderr)?.[0] ?? 'of unknown version'
}

export function packageVersion(name: string): string {
  return versionIn(join(REPOSITORY, 'node_modules', name, 'package.json'))
}

export function ownVersion(): string {
  return versionIn(join(REPOSITORY, 'package.json'))
}

function versionIn(path: string): string {
  return (JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string }).version
}
