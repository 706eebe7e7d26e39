/**
 * Prometheus text exposition format 0.0.4, written from plain readers: a family is a
 * row of a table, a subject (a listener, a pool, a backend) is what it reads. No
 * registry and no state, so the hot path knows nothing of it.
 */
import type { LatencyHistogram } from './latency-histogram.ts'

export const EXPOSITION_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export type MetricType = 'counter' | 'gauge' | 'histogram'

export interface MetricFamily<T> {
  readonly name: string
  readonly type: MetricType
  readonly help: string
  /** Every sample line of one subject, each ended by a line feed. */
  readonly lines: (subject: T, labels: string) => string
}

/** Something that is measured, with its rendered labels: `pool="api",backend="10.0.0.1:80"`. */
export interface MetricSubject<T> {
  readonly labels: string
  readonly of: T
}

/**
 * Upper bounds in milliseconds, 0.4 ms to 26.2 s. Each is the bound of a bucket of
 * `LatencyHistogram`, so the exposed counts are exact and not interpolated.
 */
export const LATENCY_BOUNDS_MS: readonly number[] = Array.from(
  { length: 17 },
  (_, index) => 0.1 * 2 ** (index + 2)
)

/** In seconds; dividing an integer by 10 000 gives the shortest text, 0.0004 to 26.2144. */
const LATENCY_LE = LATENCY_BOUNDS_MS.map((_, index) => String(2 ** (index + 2) / 10_000))

/** Chunks of about this many characters, so that a caller can let traffic pass in between. */
const CHUNK_CHARACTERS = 32_768

export function counter<T>(
  name: string,
  help: string,
  read: (subject: T) => number
): MetricFamily<T> {
  return single('counter', name, help, read)
}

/** `read` may answer null: no sample for this subject. */
export function gauge<T>(
  name: string,
  help: string,
  read: (subject: T) => number | null
): MetricFamily<T> {
  return single('gauge', name, help, read)
}

/** One sample per value of one further label. */
export function labelled<T>(
  type: 'counter' | 'gauge',
  name: string,
  help: string,
  label: string,
  read: (subject: T) => readonly (readonly [string, number])[]
): MetricFamily<T> {
  const lines = (subject: T, labels: string): string => {
    let text = ''
    for (const [value, count] of read(subject)) {
      text += sample(name, joinLabels(labels, labelPair(label, value)), count)
    }
    return text
  }
  return { name, type, help, lines }
}

export function latency<T>(
  name: string,
  help: string,
  read: (subject: T) => LatencyHistogram
): MetricFamily<T> {
  const lines = (subject: T, labels: string): string => {
    const histogram = read(subject)
    let text = ''
    for (let index = 0; index < LATENCY_LE.length; index++) {
      const bound = joinLabels(labels, `le="${LATENCY_LE[index]}"`)
      text += sample(`${name}_bucket`, bound, histogram.countUpTo(LATENCY_BOUNDS_MS[index]!))
    }
    text += sample(`${name}_bucket`, joinLabels(labels, 'le="+Inf"'), histogram.count)
    text += sample(`${name}_sum`, labels, histogram.sumMs / 1000)
    return text + sample(`${name}_count`, labels, histogram.count)
  }
  return { name, type: 'histogram', help, lines }
}

/** `labelSet({ pool: 'api' })` is `pool="api"`. */
export function labelSet(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => labelPair(name, value))
    .join(',')
}

/** The families in order, each with all of its subjects, in chunks. */
export function* expose<T>(
  families: readonly MetricFamily<T>[],
  subjects: readonly MetricSubject<T>[]
): Generator<string> {
  let chunk = ''
  for (const family of families) {
    let head = `# HELP ${family.name} ${escapeHelp(family.help)}\n# TYPE ${family.name} ${family.type}\n`
    for (const subject of subjects) {
      const lines = family.lines(subject.of, subject.labels)
      if (lines === '') continue
      // A family without samples is left out whole, its head with it.
      chunk += head + lines
      head = ''
      if (chunk.length < CHUNK_CHARACTERS) continue
      yield chunk
      chunk = ''
    }
  }
  if (chunk !== '') yield chunk
}

function single<T>(
  type: 'counter' | 'gauge',
  name: string,
  help: string,
  read: (subject: T) => number | null
): MetricFamily<T> {
  const lines = (subject: T, labels: string): string => {
    const value = read(subject)
    return value === null ? '' : sample(name, labels, value)
  }
  return { name, type, help, lines }
}

function sample(name: string, labels: string, value: number): string {
  return labels === ''
    ? `${name} ${numberText(value)}\n`
    : `${name}{${labels}} ${numberText(value)}\n`
}

function labelPair(name: string, value: string): string {
  return `${name}="${escapeLabel(value)}"`
}

function joinLabels(first: string, second: string): string {
  return first === '' ? second : `${first},${second}`
}

/** Go's ParseFloat reads every form that JavaScript writes, but for the infinities. */
function numberText(value: number): string {
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  return String(value)
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}
