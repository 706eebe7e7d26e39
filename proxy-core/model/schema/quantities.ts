/** Leaves that are amounts: durations, sizes, shares, whole numbers. */
import type { z } from 'zod'
import {
  DURATION_PATTERN,
  formatDuration,
  formatPercentage,
  formatSize,
  MAX_DURATION_MS,
  parseDuration,
  parsePercentage,
  parseSize,
  PERCENTAGE_PATTERN,
  SIZE_PATTERN
} from '../units.ts'
import { scalar, show, wrongType, type ReadingFault } from './scalar.ts'

const DURATION_FORM = 'a duration such as 5s, 500ms, 1m, 1h or 1d'
const SIZE_FORM = 'a size such as 100MB, 64KiB or a bare number of bytes'

/**
 * Milliseconds. A bare 0 is taken, every other number must carry its unit: a reader of
 * `timeout: 5` cannot know whether seconds or milliseconds are meant.
 */
export function duration(limits: { readonly minMs?: number } = {}): z.ZodType<number> {
  const minMs = limits.minMs ?? 0
  const asText = { type: 'string', pattern: DURATION_PATTERN }
  return scalar(
    {
      syntax: '<duration>',
      json: minMs === 0 ? { anyOf: [asText, { const: 0 }] } : asText
    },
    (value) => {
      const ms = value === 0 ? 0 : typeof value === 'string' ? parseDuration(value) : undefined
      if (ms === undefined) return notADuration(value)
      if (ms < minMs || ms > MAX_DURATION_MS) {
        return outOfRange(value, formatDuration(minMs), formatDuration(MAX_DURATION_MS))
      }
      return { value: ms }
    }
  )
}

/** Bytes. */
export function size(limits: { readonly min: number; readonly max: number }): z.ZodType<number> {
  return scalar(
    {
      syntax: '<size>',
      json: {
        anyOf: [
          { type: 'string', pattern: SIZE_PATTERN },
          { type: 'integer', minimum: 0 }
        ]
      }
    },
    (value) => {
      const text = typeof value === 'number' ? String(value) : value
      const bytes = typeof text === 'string' ? parseSize(text) : undefined
      if (bytes === undefined) return notASize(value)
      if (bytes < limits.min || bytes > limits.max) {
        return outOfRange(value, formatSize(limits.min), formatSize(limits.max))
      }
      return { value: bytes }
    }
  )
}

/** A share of one, written as `0.1` or `10%`. */
export function share(limits: { readonly min?: number; readonly max: number }): z.ZodType<number> {
  const { min = 0, max } = limits
  return scalar(
    {
      syntax: '<share>',
      json: {
        anyOf: [
          { type: 'string', pattern: PERCENTAGE_PATTERN },
          { type: 'number', minimum: min, maximum: max }
        ]
      }
    },
    (value) => {
      const ratio = typeof value === 'string' ? parsePercentage(value) : value
      if (typeof ratio !== 'number' || Number.isNaN(ratio)) {
        return wrongType('a share such as 10% or 0.1', value)
      }
      if (ratio < min || ratio > max) {
        return outOfRange(value, formatPercentage(min), formatPercentage(max))
      }
      return { value: ratio }
    }
  )
}

/** A whole number. */
export function count(limits: { readonly min: number; readonly max: number }): z.ZodType<number> {
  return scalar(
    {
      syntax: '<number>',
      json: { type: 'integer', minimum: limits.min, maximum: limits.max }
    },
    (value) => {
      if (typeof value !== 'number' || !Number.isInteger(value)) {
        return wrongType('a whole number', value, unquoted(value))
      }
      if (value < limits.min || value > limits.max) {
        return outOfRange(value, String(limits.min), String(limits.max))
      }
      return { value }
    }
  )
}

function notADuration(value: unknown): ReadingFault {
  if (typeof value === 'number') {
    const text = String(Math.abs(value))
    return wrongType(DURATION_FORM, value, `Add the unit: ${text}s or ${text}ms.`)
  }
  if (typeof value !== 'string') return wrongType(DURATION_FORM, value)
  const hint = respelt(value, DURATION_SPELLINGS)
  const base = {
    code: 'BAD_VALUE',
    message: `Expected ${DURATION_FORM}, got ${show(value)}.`
  } as const
  return hint === undefined ? base : { ...base, hint }
}

function notASize(value: unknown): ReadingFault {
  if (typeof value !== 'string') return wrongType(SIZE_FORM, value)
  const hint = respelt(value, SIZE_SPELLINGS)
  const base = { code: 'BAD_VALUE', message: `Expected ${SIZE_FORM}, got ${show(value)}.` } as const
  return hint === undefined ? base : { ...base, hint }
}

function outOfRange(value: unknown, min: string, max: string): ReadingFault {
  return { code: 'OUT_OF_RANGE', message: `${show(value)} is out of range: ${min} to ${max}.` }
}

function unquoted(value: unknown): string | undefined {
  return typeof value === 'string' && /^\d+$/.test(value)
    ? `Take the quotes away: ${value}.`
    : undefined
}

const DURATION_SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/^(ms|msecs?|millis?|milliseconds?)$/, 'ms'],
  [/^(s|secs?|seconds?)$/, 's'],
  [/^(m|mins?|minutes?)$/, 'm'],
  [/^(h|hrs?|hours?)$/, 'h'],
  [/^(d|days?)$/, 'd']
]

const SIZE_SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/^(kb?|kilobytes?)$/, 'KB'],
  [/^(mb?|megabytes?)$/, 'MB'],
  [/^(gb?|gigabytes?)$/, 'GB'],
  [/^(ki|kib)$/, 'KiB'],
  [/^(mi|mib)$/, 'MiB'],
  [/^(gi|gib)$/, 'GiB'],
  [/^(b|bytes?)$/, 'B']
]

/** `5 Seconds` → "Did you mean 5s?", where number and unit can be told apart. */
function respelt(
  text: string,
  spellings: readonly (readonly [RegExp, string])[]
): string | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(text)
  if (match === null) return undefined
  const unit = match[2]!.toLowerCase()
  const known = spellings.find(([pattern]) => pattern.test(unit))
  return known === undefined ? undefined : `Did you mean ${match[1]!}${known[1]}?`
}
