/**
 * Numbers as the console writes them: at most three significant digits, the unit apart so that it
 * can be set smaller. `NO_NUMBER` stands where there is no measurement; it is not a zero.
 */
export interface Quantity {
  readonly value: string
  /** Empty where the number counts things. */
  readonly unit: string
}

export const NO_NUMBER = '–'

const STEPS = [
  { from: 1e9, suffix: 'G' },
  { from: 1e6, suffix: 'M' },
  { from: 1e3, suffix: 'k' }
] as const

/** Rounds to three significant digits without trailing zeros: 1.24, 84, 0.02, 999. */
function threeDigits(value: number): number {
  return value === 0 ? 0 : Number(value.toPrecision(3))
}

/** "0", "0.42", "84", "1.24k", "12.4M". Negative and unmeasured values are `NO_NUMBER`. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count) || count < 0) return NO_NUMBER
  // Rounded first: 999.6 is 1k, never 1000.
  const rounded = threeDigits(count)
  const step = STEPS.find(({ from }) => rounded >= from)
  if (step === undefined) return String(rounded)
  return `${threeDigits(rounded / step.from)}${step.suffix}`
}

export function formatRate(rps: number): Quantity {
  return { value: formatCount(rps < 0.05 && rps >= 0 ? 0 : rps), unit: 'req/s' }
}

/** Milliseconds below a second, seconds from there. Negative means that nothing was measured. */
export function formatMs(ms: number): Quantity {
  if (!Number.isFinite(ms) || ms < 0) return { value: NO_NUMBER, unit: '' }
  if (ms > 0 && ms < 0.01) return { value: '< 0.01', unit: 'ms' }
  const rounded = threeDigits(ms)
  if (rounded >= 1000) return { value: String(threeDigits(rounded / 1000)), unit: 's' }
  return { value: String(rounded), unit: 'ms' }
}

/** @param share 0 to 1. Two decimals at most; a trace is "< 0.01 %" and never a silent zero. */
export function formatShare(share: number): Quantity {
  if (!Number.isFinite(share) || share < 0) return { value: NO_NUMBER, unit: '' }
  const percent = share * 100
  if (percent > 0 && percent < 0.01) return { value: '< 0.01', unit: '%' }
  return { value: String(Number(percent.toFixed(percent < 10 ? 2 : 1))), unit: '%' }
}

/** Decimal steps: 1 kB is 1 000 octets. */
export function formatBytes(octets: number): Quantity {
  if (!Number.isFinite(octets) || octets < 0) return { value: NO_NUMBER, unit: '' }
  const scaled = formatCount(octets)
  const suffix = /[kMG]$/.exec(scaled)?.[0] ?? ''
  return { value: scaled.slice(0, scaled.length - suffix.length), unit: `${suffix}B` }
}

/** "84 ms"; the space does not break. */
export function quantityText(quantity: Quantity): string {
  return quantity.unit === '' ? quantity.value : `${quantity.value}\u00a0${quantity.unit}`
}

/** "1 backend", "3 backends". */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`
}
