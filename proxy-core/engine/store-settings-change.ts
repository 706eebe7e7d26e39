/** What of the store cannot change while the engine runs: it is opened with it. */
import type { StoreSettings } from '../model/store-settings.ts'

const FIXED = {
  directory: 'directory',
  maxBytes: 'max_size',
  fsyncIntervalMs: 'fsync_interval',
  fsyncCount: 'fsync_count',
  keepStatusMs: 'keep_status'
} as const satisfies Partial<Record<keyof StoreSettings, string>>

/** A sentence on why only another engine can take `next`; null when the running one can. */
export function storeRestartReason(
  running: StoreSettings | null,
  next: StoreSettings | null
): string | null {
  if (running === null) return null
  if (next === null) return '`buffer` cannot be taken out while the engine runs.'
  for (const name of Object.keys(FIXED) as (keyof typeof FIXED)[]) {
    if (running[name] === next[name]) continue
    return `\`buffer.${FIXED[name]}\` cannot change while the engine runs.`
  }
  return null
}
