/**
 * Where a module that runs in a process of its own lies. From source it is the TypeScript
 * file; in a build it is an entry beside this code's chunk or one folder above it.
 */
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/**
 * `source` is relative to the repository's root, `entry` the name of the built file
 * without its ending. Throws when neither exists: the installation is incomplete.
 */
export function modulePath(source: string, entry: string, from = import.meta.filename): string {
  const folder = dirname(from)
  if (from.endsWith('.ts')) return resolve(folder, '../..', source)
  for (const candidate of [join(folder, `${entry}.js`), join(folder, '..', `${entry}.js`)]) {
    if (existsSync(candidate)) return candidate
  }
  throw new Error(`${entry}.js is missing beside ${from}; install Switchyard again.`)
}

export function enginePath(): string {
  return modulePath('proxy-core/engine/engine-process.ts', 'engine')
}
