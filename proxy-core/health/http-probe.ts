/**
 * Sends one HTTP/1.1 request and judges the status and, if the check says so, the body.
 * Redirects are not followed: a 302 is judged as 302.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { StatusRange } from '../model/settings.ts'
import { matchBody, MATCHED_BYTES, PATTERN_TIME_MS } from './body-match.ts'
import { converse, peerName, type Judge, type Verdict } from './probe-conversation.ts'
import type { Probe, ProbeRequest } from './probe.ts'
import { errorCode, messageOf } from './socket-failure.ts'

/** A head longer than this is not a health page. */
const HEAD_BYTES = 16_384

export const httpProbe: Probe = (request) =>
  converse(request, (socket, judge) => ask(request, socket, judge))

function ask(request: ProbeRequest, socket: Socket, judge: Judge): void {
  const { settings } = request
  const exchange = httpRequest({
    // Without an `agent` option: with `agent: false` Node ignores createConnection.
    createConnection: () => socket,
    method: settings.method,
    path: settings.path,
    headers: headersOf(request),
    maxHeaderSize: HEAD_BYTES
  })
  exchange.on('response', (response) => answered(request, response, judge))
  exchange.on('upgrade', (response) => judge(judgeStatus(request, response)))
  exchange.on('error', (error) => judge(brokenOff(request, error)))
  exchange.end()
}

function answered(request: ProbeRequest, response: IncomingMessage, judge: Judge): void {
  const verdict = judgeStatus(request, response)
  const { bodyMatch } = request.settings
  if (!verdict.hasPassed || bodyMatch === null) return judge(verdict)
  const chunks: Buffer[] = []
  let length = 0
  const decide = (): void =>
    judge(judgeBody(verdict, Buffer.concat(chunks).subarray(0, MATCHED_BYTES), bodyMatch))
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    length += chunk.length
    if (length >= MATCHED_BYTES) decide()
  })
  response.on('end', decide)
  response.on('error', (error) => judge(brokenOff(request, error, verdict.status)))
}

function judgeStatus(request: ProbeRequest, response: IncomingMessage): Verdict {
  const status = response.statusCode ?? 0
  const { expectedStatus } = request.settings
  const expected = describeStatus(expectedStatus)
  if (!expectedStatus.some((range) => status >= range.from && status <= range.to)) {
    return fail('L7STS', status, `Expected status ${expected}, got ${status}.`)
  }
  return { hasPassed: true, code: 'L7OK', status, detail: `Status ${status}, as expected.` }
}

function judgeBody(verdict: Verdict, body: Buffer, expected: string): Verdict {
  const { status } = verdict
  switch (matchBody(body, expected)) {
    case 'found':
      return { ...verdict, detail: `Status ${status} and ${expected} in the body, as expected.` }
    case 'missing':
      return fail(
        'L7RSP',
        status,
        `Status ${status}, but ${expected} is not in the first ${body.length} bytes of the body.`
      )
    case 'too_slow':
      return fail(
        'L7RSP',
        status,
        `The pattern ${expected} took more than ${PATTERN_TIME_MS} ms on the body and was stopped.`
      )
  }
}

function brokenOff(request: ProbeRequest, error: Error, status: number | null = null): Verdict {
  const peer = peerName(request.address, request.port)
  if (errorCode(error).startsWith('HPE_')) {
    return fail('L7RSP', status, `${peer} did not answer in valid HTTP: ${messageOf(error)}`)
  }
  const when = status === null ? 'before it had answered' : 'within its answer'
  return fail('L7RSP', status, `${peer} closed the connection ${when}.`)
}

function fail(code: Verdict['code'], status: number | null, detail: string): Verdict {
  return { hasPassed: false, code, status, detail }
}

/** The check's own fields win over ours, whatever their case. */
function headersOf(request: ProbeRequest): Record<string, string> {
  const { settings } = request
  const fields = new Map([
    ['host', ['Host', settings.host ?? defaultHost(request)]],
    ['user-agent', ['User-Agent', 'switchyard-health']],
    ['accept', ['Accept', '*/*']],
    ['connection', ['Connection', 'close']]
  ])
  for (const [name, value] of Object.entries(settings.headers)) {
    fields.set(name.toLowerCase(), [name, value])
  }
  return Object.fromEntries(fields.values()) as Record<string, string>
}

/** RFC 9110 section 7.2: the port belongs to it unless it is the scheme's own. */
function defaultHost({ host, port, settings }: ProbeRequest): string {
  const name = host.includes(':') ? `[${host}]` : host
  return port === (settings.tls === null ? 80 : 443) ? name : `${name}:${port}`
}

/** "200, 300-399" */
function describeStatus(ranges: readonly StatusRange[]): string {
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(', ')
}
