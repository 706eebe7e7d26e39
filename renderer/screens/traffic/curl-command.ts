/** A request as a curl line that can be pasted into a shell. */
import { MASKED, type TrafficSample } from '../../../proxy-core/model/traffic-sample.ts'

/** Set by the proxy or by curl itself on every request. */
const NOT_COPIED = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'expect',
  'via',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip',
  'x-request-id'
])

export interface CurlTarget {
  readonly scheme: 'http' | 'https'
  /** Of the listener, as it is bound: `0.0.0.0:8080`. */
  readonly address: string
}

/** Comments above the line say what it lacks: masked fields and the body. */
export function curlCommand(sample: TrafficSample, target: CurlTarget): string {
  const fields = sample.requestFields.filter(([name]) => !NOT_COPIED.has(name.toLowerCase()))
  const masked = fields.filter(([, value]) => value.includes(MASKED)).map(([name]) => name)
  const lines = [
    `curl -i -X ${quoted(sample.method)} ${quoted(urlOf(sample, target))}`,
    ...hostOption(sample, target),
    ...fields
      .filter(([, value]) => !value.includes(MASKED))
      .map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`)
  ]
  return [...remarks(sample, masked), lines.join(' \\\n  ')].join('\n')
}

function remarks(sample: TrafficSample, masked: readonly string[]): readonly string[] {
  const left =
    masked.length === 0 ? [] : [`# Left out because their values are masked: ${masked.join(', ')}.`]
  const body =
    sample.requestBytes > 0 ? [`# The body of ${sample.requestBytes} bytes was not recorded.`] : []
  return [...left, ...body]
}

/** Names that the shell sees as they are; everything else goes between single quotes. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}

function urlOf({ target }: TrafficSample, { scheme, address }: CurlTarget): string {
  const path = target.startsWith('/') ? target : '/'
  return `${scheme}://${reachable(address)}${path}`
}

/** The listener is asked, whatever name the client used for it. */
function hostOption(sample: TrafficSample, target: CurlTarget): readonly string[] {
  if (sample.host === '' || sample.host === reachable(target.address)) return []
  return [`-H ${quoted(`Host: ${sample.host}`)}`]
}

/** Every address of this machine is reached over loopback. */
function reachable(address: string): string {
  return address.replace(/^(0\.0\.0\.0|\*)(?=:)/, '127.0.0.1').replace(/^\[::\](?=:)/, '[::1]')
}
