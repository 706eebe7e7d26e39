/** What holds where `buffer` says nothing. */
import type { HoldSettings } from './buffer-settings.ts'

const MEBIBYTE = 1024 * 1024

/** Long enough for the restart of an application, short enough for the patience of its clients. */
export const DEFAULT_HOLD: HoldSettings = {
  timeoutMs: 30_000,
  maxRequests: 1000,
  maxBytes: 100 * MEBIBYTE,
  memoryBytes: 16 * MEBIBYTE,
  bodyLimitBytes: 10 * MEBIBYTE
}
