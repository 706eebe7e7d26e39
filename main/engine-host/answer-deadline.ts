/** How long an engine may take for an answer before it counts as silent. */
import { parseDocument } from '../../proxy-core/config/parse-document.ts'
import type { EngineLoad } from './engine-link.ts'

/** It answers from memory, or after a small file is on the disk. */
export const ANSWER_WITHIN_MS = 10_000
/** Names are resolved and every backend is probed once before the listeners open. */
export const LOADED_WITHIN_MS = 120_000

/** A probe waits for the one that runs already. */
const PROBES_IN_A_ROW = 2

/** Milliseconds that probes of this configuration may take beyond that; 0 where none is made. */
export function probesWithinMs({ document, file, baseDir }: EngineLoad): number {
  const parsed = parseDocument(document, { file, baseDir })
  if (!parsed.ok) return 0
  let longestMs = 0
  for (const { healthCheck } of parsed.settings.pools.flatMap(({ backends }) => backends)) {
    const ownMs = healthCheck === null ? 0 : healthCheck.timeoutMs || healthCheck.intervalMs
    longestMs = Math.max(longestMs, ownMs)
  }
  return longestMs * PROBES_IN_A_ROW
}
