/**
 * The fields of the filter language. Each reads its own values: what it takes, and what it says
 * about a value that it cannot take. Adding one is one entry here.
 */
import type { TrafficSample } from '../../../proxy-core/model/traffic-sample.ts'

export type SampleTest = (sample: TrafficSample) => boolean

/** A test, or a sentence about what is wrong with the value. */
export type FieldReading = SampleTest | string

export interface FilterField {
  readonly name: string
  /** One line for the help. */
  readonly help: string
  /** As it is typed: "status:5xx". */
  readonly example: string
  read(value: string): FieldReading
}

const COMPARISON = /^(>=|<=|>|<|=)?(\d+(?:\.\d+)?)$/
const SPAN = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/
const STATUS_CLASS = /^([1-5])xx$/i

const KEPT_BECAUSE = ['sample', 'error', 'retry', 'slow'] as const

export const FILTER_FIELDS: readonly FilterField[] = [
  {
    name: 'status',
    help: 'Status of the answer: a code, a class, a comparison, or none',
    example: 'status:5xx',
    read: readStatus
  },
  {
    name: 'pool',
    help: 'Pool that the request went to',
    example: 'pool:api',
    read: (value) => text(value, ({ pool }, wanted) => pool.toLowerCase() === wanted)
  },
  {
    name: 'backend',
    help: 'Any backend that was tried',
    example: 'backend:10.0.0.2',
    read: (value) => text(value, wasTriedOn)
  },
  {
    name: 'ms',
    help: 'Duration in milliseconds',
    example: 'ms:>500',
    read: (value) => number(value, 'ms:>500', ({ durationMs }) => durationMs)
  },
  {
    name: 'attempts',
    help: 'Number of attempts',
    example: 'attempts:>1',
    read: (value) => number(value, 'attempts:>1', ({ attempts }) => attempts.length)
  },
  {
    name: 'path',
    help: 'Beginning of the path, or a part of it',
    example: 'path:/orders',
    read: (value) => text(value, hasPath)
  },
  {
    name: 'method',
    help: 'Request method',
    example: 'method:post',
    read: (value) => text(value, ({ method }, wanted) => method.toLowerCase() === wanted)
  },
  {
    name: 'host',
    help: 'A part of the host name',
    example: 'host:shop',
    read: (value) => text(value, ({ host }, wanted) => host.toLowerCase().includes(wanted))
  },
  {
    name: 'client',
    help: 'Beginning of the address of the client',
    example: 'client:10.1.',
    read: (value) => text(value, ({ clientAddress }, wanted) => clientAddress.startsWith(wanted))
  },
  {
    name: 'listener',
    help: 'Listener that took the request',
    example: 'listener:web',
    read: (value) => text(value, ({ listener }, wanted) => listener.toLowerCase() === wanted)
  },
  {
    name: 'id',
    help: 'Beginning of the request id',
    example: 'id:7f3a',
    read: (value) => text(value, ({ requestId }, wanted) => hasPrefix(requestId, wanted))
  },
  {
    name: 'kept',
    help: 'Why the request is in the sample: sample, error, retry or slow',
    example: 'kept:error',
    read: readKept
  }
]

/** A word without a field: found in whatever names the request. */
export function anywhere(word: string): SampleTest {
  const wanted = word.toLowerCase()
  return (sample) =>
    [sample.target, sample.host, sample.pool, sample.requestId, sample.clientAddress].some((part) =>
      part.toLowerCase().includes(wanted)
    ) || wasTriedOn(sample, wanted)
}

function text(
  value: string,
  isMatch: (sample: TrafficSample, wanted: string) => boolean
): SampleTest {
  const wanted = value.toLowerCase()
  return (sample) => isMatch(sample, wanted)
}

function wasTriedOn(sample: TrafficSample, wanted: string): boolean {
  return (
    sample.backend.toLowerCase().includes(wanted) ||
    sample.attempts.some(({ backend }) => backend.toLowerCase().includes(wanted))
  )
}

function hasPath({ target }: TrafficSample, wanted: string): boolean {
  const path = target.toLowerCase()
  return wanted.startsWith('/') ? path.startsWith(wanted) : path.includes(wanted)
}

function hasPrefix(whole: string, wanted: string): boolean {
  return whole.toLowerCase().startsWith(wanted)
}

function readStatus(value: string): FieldReading {
  const known = STATUS_CLASS.exec(value)
  if (known !== null) {
    const hundreds = Number(known[1])
    return ({ status }) => Math.floor(status / 100) === hundreds
  }
  if (value.toLowerCase() === 'none') return ({ status }) => status === 0
  const test = numberTest(value, ({ status }) => status)
  return (
    test ??
    `“${value}” is no status. Write a code (503), a class (5xx), a comparison (>=400) or none.`
  )
}

function readKept(value: string): FieldReading {
  const reason = KEPT_BECAUSE.find((known) => known === value.toLowerCase())
  if (reason === undefined)
    return `“${value}” is no reason. Write one of ${KEPT_BECAUSE.join(', ')}.`
  return ({ keptBecause }) => keptBecause === reason
}

function number(
  value: string,
  example: string,
  read: (sample: TrafficSample) => number
): FieldReading {
  return (
    numberTest(value, read) ?? `“${value}” is no number or comparison. Write it like ${example}.`
  )
}

function numberTest(
  value: string,
  read: (sample: TrafficSample) => number
): SampleTest | undefined {
  const span = SPAN.exec(value)
  if (span !== null) {
    const [low, high] = [Number(span[1]), Number(span[2])]
    return (sample) => read(sample) >= low && read(sample) <= high
  }
  const compared = COMPARISON.exec(value)
  if (compared === null) return undefined
  const limit = Number(compared[2])
  switch (compared[1]) {
    case '>':
      return (sample) => read(sample) > limit
    case '>=':
      return (sample) => read(sample) >= limit
    case '<':
      return (sample) => read(sample) < limit
    case '<=':
      return (sample) => read(sample) <= limit
    default:
      return (sample) => read(sample) === limit
  }
}
