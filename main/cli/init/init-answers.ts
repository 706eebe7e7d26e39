/** What `switchyard init` needs to know, and how each answer is read. */
import type { z } from 'zod'
import { describeIssue } from '../../../proxy-core/config/describe-issue.ts'
import { DEFAULT_SMTP_PORT } from '../../../proxy-core/model/default-notification.ts'
import { address, requestTarget } from '../../../proxy-core/model/schema/addresses.ts'
import { failoverSchema } from '../../../proxy-core/model/schema/failover.ts'
import { healthCheckSchema } from '../../../proxy-core/model/schema/health-check.ts'
import { isMailAddress } from '../../../proxy-core/model/schema/mail-words.ts'
import { readTypedAddress, type TypedAddress } from '../../console/setup/typed-address.ts'

export interface InitAnswers {
  /** `host:port`. */
  readonly listen: string
  readonly primaries: readonly TypedAddress[]
  readonly backups: readonly TypedAddress[]
  /** null: a connection is enough. */
  readonly checkPath: string | null
  /** As written: `2s`. */
  readonly interval: string
  readonly unhealthyThreshold: number
  readonly healthyThreshold: number
  readonly failover: FailoverAnswers | null
  readonly channels: readonly ChannelAnswer[]
}

export interface FailoverAnswers {
  readonly strategy: string
  /** What the strategy waits for, under its key; null: it does not wait. */
  readonly pace: { readonly key: 'ramp' | 'delay'; readonly time: string } | null
  readonly recoveryInterval: string
}

/** Secrets are names of environment variables. */
export type ChannelAnswer =
  | { readonly type: 'log' | 'metrics' }
  | {
      readonly type: 'email'
      readonly server: string
      readonly port: number
      readonly recipients: readonly string[]
      /** null: no log-in. */
      readonly login: { readonly user: string; readonly passwordVariable: string } | null
    }
  | { readonly type: 'webhook'; readonly urlVariable: string }

export type Reading<T> =
  | { readonly isGood: true; readonly value: T }
  | { readonly isGood: false; readonly sentence: string }

const CHANNELS = ['log', 'email', 'webhook', 'metrics'] as const
const NOTHING = new Set(['', 'none', 'no', '-'])
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/
const MAX_PORT = 65_535
const MIXED = 'Servers with http and with https cannot share a pool.'

export function readListen(typed: string): Reading<string> {
  const schema = address({ what: 'a listening address', mayBeZero: false })
  const reading = bySchema(schema, typed)
  return reading.isGood ? good(reading.value.written) : reading
}

/** `listen`: where Switchyard itself will be. */
export function readServers(typed: string, listen: string): Reading<readonly TypedAddress[]> {
  const words = wordsOf(typed)
  if (words.length === 0) return bad('At least one server is needed: host:port or a URL.')
  const servers: TypedAddress[] = []
  for (const word of words) {
    const server = readTypedAddress(word)
    if (server === null)
      return bad(`${JSON.stringify(word)} is not an address: write host:port or a URL.`)
    const twin = servers.find((one) => one.address === server.address)
    if (twin !== undefined) return bad(`${server.address} is named twice.`)
    if (server.address === listen) return bad(`${listen} is where Switchyard itself will listen.`)
    servers.push(server)
  }
  return areMixed(servers) ? bad(MIXED) : good(servers)
}

/** Of backups: none is an answer, and no server is both. */
export function readBackups(
  typed: string,
  primaries: readonly TypedAddress[],
  listen: string
): Reading<readonly TypedAddress[]> {
  if (NOTHING.has(typed.trim().toLowerCase())) return good([])
  const reading = readServers(typed, listen)
  if (!reading.isGood) return reading
  const both = reading.value.find(({ address }) => primaries.some((one) => one.address === address))
  if (both !== undefined) return bad(`${both.address} is a primary server already.`)
  return areMixed([...primaries, ...reading.value]) ? bad(MIXED) : reading
}

/** null: `tcp`. */
export function readCheckPath(typed: string): Reading<string | null> {
  if (typed === 'tcp') return good(null)
  return bySchema(requestTarget(), typed)
}

export function readInterval(typed: string): Reading<string> {
  return asWritten(healthCheckSchema.shape.interval, typed)
}

export function readThreshold(
  key: 'unhealthy_threshold' | 'healthy_threshold',
  typed: string
): Reading<number> {
  const value = /^\d+$/.test(typed) ? Number(typed) : typed
  const reading = bySchema<number | undefined>(healthCheckSchema.shape[key], value)
  return reading.isGood ? good(Number(value)) : reading
}

export function readStrategy(typed: string): Reading<string> {
  return asWritten(failoverSchema.shape.strategy, typed)
}

export function readFailoverTime(
  key: 'ramp' | 'delay' | 'recovery_interval',
  typed: string
): Reading<string> {
  return asWritten(failoverSchema.shape[key], typed)
}

export function readChannelTypes(typed: string): Reading<readonly ChannelAnswer['type'][]> {
  if (NOTHING.has(typed.trim().toLowerCase())) return good([])
  const words = [...new Set(wordsOf(typed))]
  const types = CHANNELS.filter((channel) => words.includes(channel))
  const unknown = words.find((word) => !CHANNELS.some((channel) => channel === word))
  return unknown === undefined
    ? good(types)
    : bad(`${JSON.stringify(unknown)} is no channel: use ${CHANNELS.join(', ')} or none.`)
}

export function readMailServer(typed: string): Reading<{ server: string; port: number }> {
  const [, server = '', digits] =
    /^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?$/.exec(typed) ?? []
  const port = digits === undefined ? DEFAULT_SMTP_PORT : Number(digits)
  if (server === '') return bad('Write the name of the mail server, and a port if it is not 587.')
  if (port < 1 || port > MAX_PORT) return bad(`${port} is no port: 1 to ${MAX_PORT}.`)
  return good({ server, port })
}

export function readRecipients(typed: string): Reading<readonly string[]> {
  const words = wordsOf(typed)
  const wrong = words.find((word) => !isMailAddress(word))
  if (words.length === 0) return bad('At least one mail address is needed.')
  return wrong === undefined ? good(words) : bad(`${JSON.stringify(wrong)} is no mail address.`)
}

/** '' is an answer: no log-in. */
export function readUser(typed: string): Reading<string> {
  if (NOTHING.has(typed.toLowerCase())) return good('')
  return /^[\x21-\x7e]+$/.test(typed) ? good(typed) : bad('A user name is one word.')
}

/** Never shows what was typed: it may be the secret itself. */
export function readVariable(typed: string): Reading<string> {
  if (VARIABLE.test(typed)) return good(typed)
  return bad(
    'Write the name of an environment variable: letters, digits and underscores. The secret itself stays out of the file.'
  )
}

export function good<T>(value: T): Reading<T> {
  return { isGood: true, value }
}

export function bad(sentence: string): { readonly isGood: false; readonly sentence: string } {
  return { isGood: false, sentence }
}

/** One pool speaks one protocol to its backends. */
function areMixed(servers: readonly TypedAddress[]): boolean {
  return new Set(servers.map(({ isTls }) => isTls)).size > 1
}

function wordsOf(typed: string): readonly string[] {
  return typed.split(/[\s,]+/).filter((word) => word !== '')
}

/** Checked by the schema of the configuration, kept as it was typed. */
function asWritten(schema: z.ZodType, typed: string): Reading<string> {
  const reading = bySchema(schema, typed)
  return reading.isGood ? good(typed) : reading
}

function bySchema<T>(schema: z.ZodType<T>, value: unknown): Reading<T> {
  const parsed = schema.safeParse(value, { reportInput: true })
  if (parsed.success) return good(parsed.data)
  const [finding] = parsed.error.issues.flatMap((issue) => describeIssue(issue))
  const hint = finding?.hint
  return bad(`${finding?.message ?? 'That is not understood.'}${hint ? ` ${hint}` : ''}`)
}
