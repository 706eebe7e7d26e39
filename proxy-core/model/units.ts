/**
 * Durations, sizes and shares as people write them in the configuration, and back.
 * Decimal sizes (`100MB` = 100 000 000 bytes) are the SI meaning, which seed 000's
 * `max_size = 100_000_000 # 100 MB` uses too; binary ones carry an `i` (`64KiB`).
 */

const MS_PER_UNIT = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const BYTES_PER_UNIT = {
  B: 1,
  KB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  TB: 1000 ** 4,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4
} as const

/** ECMAScript source of the patterns, for JSON Schema. */
export const DURATION_PATTERN = '^[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$'
export const SIZE_PATTERN = '^[0-9]+(\\.[0-9]+)?(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?$'
export const PERCENTAGE_PATTERN = '^[0-9]+(\\.[0-9]+)?%$'

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/
const SIZE = /^(\d+(?:\.\d+)?)(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?$/
const PERCENTAGE = /^(\d+(?:\.\d+)?)%$/

/**
 * Node's timers take at most 2^31 - 1 ms and fire at once beyond it, so no duration may
 * be longer than this.
 */
export const MAX_DURATION_MS = 24 * MS_PER_UNIT.d

/** `5s` → 5000; undefined when it is not a duration or not a whole number of milliseconds. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text)
  if (match === null) return undefined
  return wholeProduct(match[1]!, MS_PER_UNIT[match[2] as keyof typeof MS_PER_UNIT])
}

/** The shortest exact form with one unit: 60000 → `1m`, 90000 → `90s`, 0 → `0s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s'
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (ms % MS_PER_UNIT[unit] === 0) return `${String(ms / MS_PER_UNIT[unit])}${unit}`
  }
  return `${String(ms)}ms`
}

/** `100MB` → 100000000, `42` → 42; undefined when it is not a size or not whole bytes. */
export function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text)
  if (match === null) return undefined
  const unit = (match[2] ?? 'B') as keyof typeof BYTES_PER_UNIT
  return wholeProduct(match[1]!, BYTES_PER_UNIT[unit])
}

/** For a person, to two digits or three: "6 bytes", "1.2 KB", "100 MB". */
export function describeSize(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? '1 byte' : `${String(bytes)} bytes`
  const power = Math.min(DECIMAL_UNITS.length, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${DECIMAL_UNITS[power - 1]!}`
}

const DECIMAL_UNITS = ['KB', 'MB', 'GB', 'TB'] as const

/** The shortest exact form: 100000000 → `100MB`, 65536 → `64KiB`, 1001 → `1001`. */
export function formatSize(bytes: number): string {
  if (bytes === 0) return '0'
  for (const unit of ['TB', 'TiB', 'GB', 'GiB', 'MB', 'MiB', 'KB', 'KiB'] as const) {
    if (bytes % BYTES_PER_UNIT[unit] === 0) return `${String(bytes / BYTES_PER_UNIT[unit])}${unit}`
  }
  return String(bytes)
}

/** `10%` → 0.1; undefined when it is not a percentage. */
export function parsePercentage(text: string): number | undefined {
  const match = PERCENTAGE.exec(text)
  return match === null ? undefined : Number(match[1]) / 100
}

/** 0.1 → `10%`. */
export function formatPercentage(share: number): string {
  return `${String(Math.round(share * 1e6) / 1e4)}%`
}

/** undefined unless the product is a whole number that a double holds exactly. */
function wholeProduct(digits: string, factor: number): number | undefined {
  // 1.1 * 1000 is 1100.0000000000002 in binary: round away what the multiplication added.
  const product = Number(digits) * factor
  const rounded = Math.round(product)
  const isWhole = Math.abs(product - rounded) < 1e-6 && Number.isSafeInteger(rounded)
  return isWhole ? rounded : undefined
}
