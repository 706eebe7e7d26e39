/** Single options that differ between two resolved objects, in words. */
import { isSensitiveField } from '../../../../proxy-core/model/sensitive-field.ts'
import { MASKED } from '../../../../proxy-core/model/traffic-sample.ts'
import { formatDuration, formatSize } from '../../../../proxy-core/model/units.ts'

export interface OptionChange {
  /** "timeouts connect", "health check interval". */
  readonly name: string
  readonly from: string
  readonly to: string
}

type Plain = Readonly<Record<string, unknown>>

const MAX_VALUE_LENGTH = 60

/** Keys of `except` are somebody else's; objects are compared key by key, everything else whole. */
export function optionChanges(
  before: object,
  now: object,
  except: readonly string[] = [],
  prefix: readonly string[] = []
): readonly OptionChange[] {
  const was = before as Plain
  const is = now as Plain
  const keys = new Set([...Object.keys(was), ...Object.keys(is)])
  return [...keys]
    .filter((key) => !except.includes(key))
    .flatMap((key) => changesOf([...prefix, key], was[key], is[key]))
}

export function changeSentence(subject: string, { name, from, to }: OptionChange): string {
  return `${subject}: ${name} ${from} -> ${to}`
}

function changesOf(path: readonly string[], was: unknown, is: unknown): readonly OptionChange[] {
  if (isSame(was, is)) return []
  if (isPlain(was) && isPlain(is)) return optionChanges(was, is, [], path)
  const key = path.at(-1) ?? ''
  // A part that is there or not, such as TLS: its options are not told one by one.
  if (isPlain(was) || isPlain(is)) {
    return [
      { name: nameOf(path), from: isPlain(was) ? 'on' : 'off', to: isPlain(is) ? 'on' : 'off' }
    ]
  }
  const shown = isSecretField(path) ? maskedValue : valueOf
  return [{ name: nameOf(path), from: shown(was, key), to: shown(is, key) }]
}

/** A field of a head that lets its bearer in, or the key that signs sticky cookies. */
function isSecretField(path: readonly string[]): boolean {
  const [holder, key] = path.slice(-2)
  return (holder === 'headers' && isSensitiveField(key!)) || (holder === 'sticky' && key === 'key')
}

function maskedValue(value: unknown): string {
  return value === null || value === undefined ? 'none' : MASKED
}

/** Fields by their names, and entries that name a field beside its value. */
function withoutSecrets(this: unknown, key: string, value: unknown): unknown {
  const name = key === 'value' && isPlain(this) ? this.name : key
  return typeof name === 'string' && typeof value === 'string' && isSensitiveField(name)
    ? MASKED
    : value
}

export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `['timeouts', 'connectMs']` → "timeouts connect". */
function nameOf(path: readonly string[]): string {
  return path
    .join(' ')
    .replaceAll(/(Ms|Bytes)(?= |$)/g, '')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
}

function valueOf(value: unknown, key: string): string {
  if (value === null || value === undefined) return 'none'
  if (typeof value === 'number' && key.endsWith('Ms')) return formatDuration(value)
  if (typeof value === 'number' && key.endsWith('Bytes')) return formatSize(value)
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (Array.isArray(value) && value.length === 0) return 'none'
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) {
    return shortened(value.join(', '))
  }
  if (typeof value === 'object') return shortened(JSON.stringify(value, withoutSecrets))
  return shortened(String(value))
}

function shortened(text: string): string {
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH - 1)}…` : text
}
