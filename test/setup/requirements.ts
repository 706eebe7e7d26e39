/**
 * `requires('haproxy', 'nginx')('title', () => …)`: a suite that runs where these programs are
 * installed and is skipped by name where one is missing. The tier reporter lists what was skipped.
 */
import { describe } from 'vitest'
import { PROGRAMS, type ProgramId } from './programs.ts'

declare module 'vitest' {
  interface TaskMeta {
    /** Titles of the programs whose absence skipped this suite. */
    missingPrograms?: readonly string[]
  }
}

export type SuiteFunction = (title: string, body: () => void) => void

/** Like `describe`, but runs only where every one of these programs is installed. */
export function requires(...ids: readonly ProgramId[]): SuiteFunction {
  const missing = ids.filter((id) => PROGRAMS[id].find() === null).map((id) => PROGRAMS[id].title)
  return (title, body) => {
    if (missing.length === 0) describe(title, body)
    else describe(title, { skip: true, meta: { missingPrograms: missing } }, body)
  }
}

/**
 * The path of a program, for use inside a suite that `requires` it.
 * @throws Error where the machine has none.
 */
export function programPath(id: ProgramId): string {
  const path = PROGRAMS[id].find()
  if (path === null) {
    throw new Error(`${PROGRAMS[id].title} is not installed; wrap the suite in requires('${id}').`)
  }
  return path
}
