/**
 * What a console that ended without a stop has left behind, told to the operator at the next
 * start: when it was last alive, and how its engine ended.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  ENGINE_END_FILE,
  engineEndSchema,
  type EngineEnd
} from '../../../proxy-core/engine/engine-end.ts'

export interface LastEnd {
  /** Wall-clock milliseconds at which the console was last alive. */
  readonly atMs: number
  readonly sentence: string
}

/**
 * How the engine of the ended console did; `unknown`: it has not said so yet. `killed`: it has ended
 * without a word, as it does under Electron together with the console.
 */
export type EngineFate = EngineEnd | 'killed' | 'unknown' | 'none'

/** null: no such report, or one that is older than `notBeforeMs`. Never rejects. */
export async function readEngineEnd(
  stateDirectory: string,
  notBeforeMs: number
): Promise<EngineEnd | null> {
  try {
    const text = await readFile(join(stateDirectory, ENGINE_END_FILE), 'utf8')
    const parsed = engineEndSchema.safeParse(JSON.parse(text))
    return parsed.success && parsed.data.atMs >= notBeforeMs ? parsed.data : null
  } catch {
    // None was left, or it is still being written: then nothing is known of the end.
    return null
  }
}

/** Whether the workspace has kept changes that were not applied. Never rejects. */
export async function hasStagedChanges(stateFolder: string): Promise<boolean> {
  try {
    const names = await readdir(join(stateFolder, 'staged'))
    return names.some((name) => name.endsWith('.json'))
  } catch {
    // No folder: nothing was ever staged.
    return false
  }
}

/** "The console ended without a stop at 02:14. The engine finished 12 requests, cut 3, …" */
export function lastEndSentence(facts: {
  readonly seenMs: number
  readonly nowMs: number
  readonly fate: EngineFate
  readonly hasStaged: boolean
}): string {
  const { seenMs, nowMs, fate, hasStaged } = facts
  const first = `The console ended without a stop at ${minuteOf(seenMs, nowMs)}.`
  const last = hasStaged ? ' Staged changes were kept.' : ''
  return `${first} ${fateSentence(fate)}${last}`
}

function fateSentence(fate: EngineFate): string {
  if (fate === 'none') return 'No engine ran.'
  if (fate === 'killed') {
    return 'The engine left no report, as when it is killed: take the requests that ran then as cut.'
  }
  if (fate === 'unknown') return 'The engine has not reported how it ended.'
  const { finished, cut, atMs } = fate
  const requests = finished === 1 ? 'request' : 'requests'
  return `The engine finished ${finished} ${requests}, cut ${cut}, and stopped at ${timeOf(atMs)}.`
}

/** With the date when it was not today. */
function minuteOf(atMs: number, nowMs: number): string {
  const time = timeOf(atMs).slice(0, 5)
  const day = dayOf(atMs)
  return day === dayOf(nowMs) ? time : `${time} on ${day}`
}

function timeOf(atMs: number): string {
  return new Date(atMs).toLocaleTimeString('en-GB')
}

function dayOf(atMs: number): string {
  return new Date(atMs).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric'
  })
}
