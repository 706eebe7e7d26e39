/** Refuses to measure a build that is older than its sources. */
import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { REPOSITORY } from './tool-version.ts'

const BUILT = ['out/main/cli.js', 'out/main/engine.js']
const SOURCES = ['proxy-core/**/*.ts', 'main/**/*.ts']

/** Throws with what to do. */
export function requireFreshBuild(): void {
  const built = Math.min(...BUILT.map((path) => modifiedMs(path)))
  const changed = globSync(SOURCES, { cwd: REPOSITORY })
    .filter((path) => !path.endsWith('.test.ts'))
    .find((path) => modifiedMs(path) > built)
  if (built === 0) throw new Error('Switchyard is not built: run `npm run build` first.')
  if (changed !== undefined) {
    throw new Error(`${changed} is newer than the build: run \`npm run build\` first.`)
  }
}

/** 0 when there is no such file. */
function modifiedMs(path: string): number {
  return statSync(join(REPOSITORY, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
}
