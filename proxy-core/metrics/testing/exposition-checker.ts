/**
 * A strict reader of the Prometheus text format 0.0.4, for tests. It refuses what
 * Prometheus would refuse and what `promtool check metrics` would complain about, and
 * answers the samples, so that tests assert numbers instead of substrings.
 */

export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Family {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly samples: readonly Sample[]
}

interface OpenFamily {
  readonly name: string
  readonly help: string
  type: string | null
  readonly samples: Sample[]
}

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/
const VALUE = /^(?:[+-]Inf|NaN|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)$/
const TYPES = ['counter', 'gauge', 'histogram']

/** Throws an Error that names the line and the rule that it breaks. */
export function checkExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('The last line must end with a line feed.')
  const families = new Map<string, OpenFamily>()
  let current: OpenFamily | null = null
  const lines = text.slice(0, -1).split('\n')
  lines.forEach((line, index) => {
    const fail = (rule: string): never => {
      throw new Error(`Line ${index + 1} (${line}): ${rule}`)
    }
    if (line.startsWith('# HELP ')) current = openFamily(line, families, fail)
    else if (line.startsWith('# TYPE ')) setType(line, current, fail)
    else if (line.startsWith('#')) fail('only HELP and TYPE comments are written')
    else addSample(line, current, fail)
  })
  for (const family of families.values()) checkFamily(family)
  return new Map([...families].map(([name, family]) => [name, closed(family)]))
}

/** The value of the one sample of `name` that has at least these labels. */
export function valueOf(
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Readonly<Record<string, string>> = {}
): number | undefined {
  for (const family of families.values()) {
    for (const sample of family.samples) {
      if (sample.name === name && hasLabels(sample, labels)) return sample.value
    }
  }
  return undefined
}

function hasLabels(sample: Sample, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(labels).every(([name, value]) => sample.labels[name] === value)
}

type Fail = (rule: string) => never

function openFamily(line: string, families: Map<string, OpenFamily>, fail: Fail): OpenFamily {
  const [, name, help] = /^# HELP (\S+) (.+)$/.exec(line) ?? fail('HELP needs a name and a text')
  if (!METRIC_NAME.test(name!)) fail('not a metric name')
  if (families.has(name!)) fail('a family has one HELP line and stands in one piece')
  if (!/^(?:[^\\]|\\[\\n])*$/.test(help!)) fail('HELP knows only the escapes \\\\ and \\n')
  const family: OpenFamily = { name: name!, help: help!, type: null, samples: [] }
  families.set(name!, family)
  return family
}

function setType(line: string, family: OpenFamily | null, fail: Fail): void {
  const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? fail('TYPE needs a name and a type')
  if (!family || family.name !== name) fail('TYPE must follow the HELP of its family')
  if (family!.type !== null || family!.samples.length > 0) fail('one TYPE, before the samples')
  if (!TYPES.includes(type!)) fail('unknown type')
  family!.type = type!
}

function addSample(line: string, family: OpenFamily | null, fail: Fail): void {
  const match = /^([^\s{]+)(?:\{(.*)\})? (\S+)$/s.exec(line) ?? fail('not a sample')
  const [, name, labelText, value] = match
  if (!family || family.type === null) fail('a sample needs HELP and TYPE before it')
  if (!METRIC_NAME.test(name!)) fail('not a metric name')
  if (!VALUE.test(value!)) fail('not a number')
  const allowed =
    family!.type === 'histogram'
      ? ['_bucket', '_sum', '_count'].map((suffix) => family!.name + suffix)
      : [family!.name]
  if (!allowed.includes(name!)) fail(`a sample of ${family!.name} may not have this name`)
  const labels = labelText === undefined ? {} : readLabels(labelText, fail)
  family!.samples.push({ name: name!, labels, value: readNumber(value!) })
}

function readNumber(text: string): number {
  return text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text)
}

function readLabels(text: string, fail: Fail): Record<string, string> {
  const labels: Record<string, string> = {}
  const pair = /([^=,{}"]+)="((?:[^"\\]|\\[\\"n])*)"(,(?=[^])|$)/y
  while (pair.lastIndex < text.length) {
    const match = pair.exec(text) ?? fail('labels are not well formed')
    const [, name, value] = match
    if (!LABEL_NAME.test(name!) || name!.startsWith('__')) fail(`not a label name: ${name}`)
    if (Object.hasOwn(labels, name!)) fail(`the label ${name} stands twice`)
    labels[name!] = value!.replace(/\\(.)/g, (_, escape: string) =>
      escape === 'n' ? '\n' : escape
    )
  }
  return labels
}

function checkFamily(family: OpenFamily): void {
  const fail: Fail = (rule) => {
    throw new Error(`${family.name}: ${rule}`)
  }
  if (family.type === null) fail('has no TYPE')
  if (family.samples.length === 0) fail('has no samples')
  if ((family.type === 'counter') !== family.name.endsWith('_total')) fail('counters end in _total')
  if (/_(bucket|sum|count)$/.test(family.name)) fail('the name clashes with those of histograms')
  if (/(?:milliseconds|_ms|minutes|kilobytes|megabytes|percent)(?:_|$)/.test(family.name)) {
    fail('units are base units: seconds and bytes')
  }
  const seen = new Set<string>()
  for (const { name, labels, value } of family.samples) {
    const series = `${name} ${JSON.stringify(Object.entries(labels).sort())}`
    if (seen.has(series)) fail(`the series ${series} stands twice`)
    seen.add(series)
    if (family.type !== 'gauge' && !(value >= 0)) fail('counters and histograms are never negative')
  }
  checkLabelNames(family, fail)
  if (family.type === 'histogram') checkHistogram(family, fail)
}

function checkLabelNames(family: OpenFamily, fail: Fail): void {
  const names = (sample: Sample): string =>
    Object.keys(sample.labels)
      .filter((name) => name !== 'le')
      .sort()
      .join()
  const first = names(family.samples[0]!)
  if (family.samples.some((sample) => names(sample) !== first)) fail('label names differ')
}

function checkHistogram(family: OpenFamily, fail: Fail): void {
  const groups = Map.groupBy(family.samples, ({ labels: { le: _, ...rest } }) =>
    JSON.stringify(rest)
  )
  for (const [group, samples] of groups) {
    const buckets = samples.filter((sample) => sample.name.endsWith('_bucket'))
    const only = (suffix: string): number => {
      const found = samples.filter((sample) => sample.name === family.name + suffix)
      return found.length === 1 ? found[0]!.value : fail(`${group} needs one ${suffix}`)
    }
    const bounds = buckets.map((sample) => readNumber(sample.labels['le'] ?? fail('no le label')))
    if (bounds.at(-1) !== Infinity) fail(`${group} does not end with le="+Inf"`)
    for (let index = 1; index < buckets.length; index++) {
      if (!(bounds[index]! > bounds[index - 1]!)) fail(`${group}: bounds must grow`)
      if (buckets[index]!.value < buckets[index - 1]!.value) fail(`${group}: counts must not fall`)
    }
    if (buckets.at(-1)!.value !== only('_count')) fail(`${group}: +Inf and _count differ`)
    only('_sum')
  }
}

function closed(family: OpenFamily): Family {
  return { ...family, type: family.type! }
}
