/** The leaf for statuses of responses: single ones and ranges. */
import type { z } from 'zod'
import type { StatusRange } from '../settings.ts'
import { scalar, show, wrongType, type Reading, type ReadingFault } from './scalar.ts'

export function statusRanges(): z.ZodType<readonly StatusRange[]> {
  const one = { anyOf: [{ type: 'integer', minimum: 100, maximum: 599 }, { type: 'string' }] }
  const json = { anyOf: [...one.anyOf, { type: 'array', minItems: 1, items: one }] }
  const syntax = '<status> | "<from>-<to>" | [<either>, …]'
  return scalar({ syntax, json }, (value): Reading<readonly StatusRange[]> => {
    const entries: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (entries.length === 0) return wrongType('at least one status', value)
    const ranges: StatusRange[] = []
    for (const entry of entries) {
      const range = statusRange(entry)
      if (range === undefined) return notAStatus(entry)
      ranges.push(range)
    }
    return { value: ranges }
  })
}

function statusRange(entry: unknown): StatusRange | undefined {
  const match = /^([1-5]\d\d)(?:\s*-\s*([1-5]\d\d))?$/.exec(String(entry))
  if (match === null || (typeof entry !== 'number' && typeof entry !== 'string')) return undefined
  const from = Number(match[1])
  const to = Number(match[2] ?? match[1])
  return from <= to ? { from, to } : undefined
}

function notAStatus(entry: unknown): ReadingFault {
  const wild = /^([1-5])xx$/i.exec(String(entry))?.[1]
  return {
    code: 'BAD_VALUE',
    message: `${show(entry)} is not a status (100 to 599) or a range such as "200-399".`,
    ...(wild === undefined ? {} : { hint: `Write "${wild}00-${wild}99".` })
  }
}
