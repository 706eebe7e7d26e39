/**
 * Contract: a forwarded head holds what the client may say to the backend and nothing else;
 * what we say about the client cannot be forged by one that is not trusted.
 */
import { describe, expect, test } from 'vitest'
import type { ForwardedSettings } from '../model/settings.ts'
import { RequestParser } from './request-parser.ts'
import {
  fieldActions,
  fixedForwardedFields,
  requestHeadText,
  type ClientIdentity,
  type RequestHeadParts
} from './request-writer.ts'

const LIMITS = { headBytes: 8192, lineBytes: 1024, fieldCount: 100 }
const NOTHING: ForwardedSettings = {
  xForwarded: false,
  xRealIp: false,
  forwarded: false,
  via: false
}
const EVERYTHING: ForwardedSettings = {
  xForwarded: true,
  xRealIp: true,
  forwarded: true,
  via: true
}

interface Circumstances extends Partial<RequestHeadParts> {
  readonly forwarded?: ForwardedSettings
  readonly isTrusted?: boolean
  readonly peerAddress?: string
}

/** The forwarded head as lines, without the empty one at its end. */
function forwarded(lines: readonly string[], circumstances: Circumstances = {}): string[] {
  const text = `${lines.join('\r\n')}\r\n\r\n`
  const bytes = Buffer.from(text, 'latin1')
  const parser = new RequestParser()
  expect(parser.parse(bytes, 0, bytes.length, LIMITS)).toBe(bytes.length)
  parser.markNominated(text)
  const {
    forwarded: settings = NOTHING,
    isTrusted = false,
    peerAddress = '192.0.2.7',
    ...parts
  } = circumstances
  const identity: ClientIdentity = {
    peerAddress,
    isTrusted,
    protocol: 'https',
    localAuthority: '198.51.100.1:443',
    forwarded: settings,
    actions: fieldActions(settings, isTrusted),
    fixedFields: fixedForwardedFields(settings, peerAddress, 'https')
  }
  const head = requestHeadText(
    parser,
    text,
    {
      method: text.slice(parser.leadingLength, parser.leadingLength + parser.methodLength),
      target: null,
      host: parser.hostIndex < 0 ? '' : parser.valueAt(text, parser.hostIndex),
      requestIdName: null,
      addedLines: '',
      keepsExpect: parser.expectsContinue,
      isUpgrade: false,
      ...parts
    },
    identity
  )
  expect(head.endsWith('\r\n\r\n')).toBe(true)
  return head.slice(0, -4).split('\r\n')
}

const START = ['GET /a?b HTTP/1.1', 'Host: a.test']

describe('the start line and Host', () => {
  test('pass as they are', () => {
    expect(forwarded(START)).toEqual(START)
  })

  test('follow a rewritten target', () => {
    expect(forwarded(START, { target: '/v1/a?b' })[0]).toBe('GET /v1/a?b HTTP/1.1')
  })

  test('are those of HTTP/1.1 for an HTTP/1.0 client, with our own authority as Host', () => {
    expect(forwarded(['GET / HTTP/1.0'])).toEqual(['GET / HTTP/1.1', 'Host: 198.51.100.1:443'])
  })

  test('take the authority of an absolute target when there is no Host field', () => {
    const lines = forwarded(['GET http://a.test/x HTTP/1.0'], { target: '/x', host: 'a.test' })
    expect(lines).toEqual(['GET /x HTTP/1.1', 'Host: a.test'])
  })

  test('lose the empty lines before them', () => {
    expect(forwarded(['', '', ...START])).toEqual(START)
  })
})

describe('fields', () => {
  test('pass in order, in canonical form, whatever space the client used', () => {
    const lines = forwarded([...START, 'A:1', 'B: 2', 'C:\t3 \t', 'D:', 'E: f\xe9'])
    expect(lines).toEqual([...START, 'A: 1', 'B: 2', 'C: 3', 'D: ', 'E: f\xe9'])
  })

  test('for this hop only are dropped, wherever they stand', () => {
    const lines = forwarded([
      START[0]!,
      'Connection: close',
      START[1]!,
      'Keep-Alive: 1',
      'A: 1',
      'Proxy-Connection: keep-alive',
      'TE: trailers',
      'B: 2',
      'Upgrade: line'
    ])
    expect(lines).toEqual([...START, 'A: 1', 'B: 2'])
  })

  test('that Connection names are dropped, except those that carry the message', () => {
    const lines = forwarded([
      START[0]!,
      'Connection: X-Secret, host, Content-Length',
      START[1]!,
      'x-secret: 1',
      'Content-Length: 5'
    ])
    expect(lines).toEqual([...START, 'Content-Length: 5'])
  })

  test('about the body are written anew', () => {
    expect(forwarded([...START, 'content-length:  007'])).toEqual([...START, 'Content-Length: 7'])
    expect(forwarded([...START, 'Content-Length: 7', 'Content-Length: 7'])).toEqual([
      ...START,
      'Content-Length: 7'
    ])
    expect(forwarded([...START, 'transfer-encoding: CHUNKED'])).toEqual([
      ...START,
      'Transfer-Encoding: chunked'
    ])
  })

  test('Expect goes on only while the body is awaited', () => {
    const lines = [...START, 'expect: 100-Continue']
    expect(forwarded(lines)).toEqual([...START, 'Expect: 100-continue'])
    expect(forwarded(lines, { keepsExpect: false })).toEqual(START)
  })

  test('of an upgrade are written anew', () => {
    const lines = [
      ...START,
      'Connection: keep-alive, Upgrade, X-Hop',
      'Upgrade: websocket',
      'X-Hop: 1'
    ]
    expect(forwarded(lines, { isUpgrade: true })).toEqual([
      ...START,
      'Connection: Upgrade',
      'Upgrade: websocket'
    ])
  })

  test('with the name of the request id are replaced by ours', () => {
    const lines = [...START, 'x-ID: forged', 'A: 1', 'X-Id: forged too']
    expect(forwarded(lines, { requestIdName: 'x-id', addedLines: 'X-Id: ours\r\n' })).toEqual([
      ...START,
      'A: 1',
      'X-Id: ours'
    ])
  })
})

const FORGED = [
  'X-Forwarded-For: 203.0.113.9',
  'X-Forwarded-Proto: http',
  'X-Forwarded-Host: forged.test',
  'X-Real-IP: 203.0.113.9',
  'Forwarded: for=203.0.113.9'
]

describe('what is said about the client', () => {
  test('replaces what a client that is not trusted said', () => {
    expect(forwarded([...START, ...FORGED], { forwarded: EVERYTHING })).toEqual([
      ...START,
      'X-Forwarded-For: 192.0.2.7',
      'X-Forwarded-Proto: https',
      'X-Real-IP: 192.0.2.7',
      'Via: 1.1 switchyard',
      'X-Forwarded-Host: a.test',
      'Forwarded: for=192.0.2.7;host="a.test";proto=https'
    ])
  })

  test('is removed from a client that is not trusted also where we say only a part', () => {
    const settings = { ...NOTHING, xRealIp: true }
    expect(forwarded([...START, ...FORGED], { forwarded: settings })).toEqual([
      ...START,
      'X-Real-IP: 192.0.2.7'
    ])
  })

  test('passes untouched when we say nothing', () => {
    expect(forwarded([...START, ...FORGED])).toEqual([...START, ...FORGED])
  })

  test('goes on from what a trusted proxy said', () => {
    const lines = forwarded([...START, FORGED[0]!, 'A: 1', 'X-Forwarded-For: 10.0.0.1'], {
      forwarded: EVERYTHING,
      isTrusted: true
    })
    expect(lines).toEqual([
      ...START,
      'A: 1',
      'X-Forwarded-For: 203.0.113.9, 10.0.0.1, 192.0.2.7',
      'X-Forwarded-Proto: https',
      'X-Real-IP: 192.0.2.7',
      'Via: 1.1 switchyard',
      'X-Forwarded-Host: a.test',
      'Forwarded: for=192.0.2.7;host="a.test";proto=https'
    ])
  })

  test('keeps what a trusted proxy said of protocol, host and address', () => {
    const lines = forwarded([...START, ...FORGED.slice(1, 4)], {
      forwarded: { ...EVERYTHING, forwarded: false, via: false },
      isTrusted: true
    })
    expect(lines).toEqual([...START, ...FORGED.slice(1, 4), 'X-Forwarded-For: 192.0.2.7'])
  })

  test('cannot be taken away by naming it in Connection', () => {
    const lines = forwarded(
      [
        START[0]!,
        'Connection: X-Forwarded-For, X-Forwarded-Proto, X-Real-IP',
        START[1]!,
        ...FORGED
      ],
      { forwarded: { ...NOTHING, xForwarded: true, xRealIp: true }, isTrusted: true }
    )
    expect(lines).toContain('X-Forwarded-For: 192.0.2.7')
    expect(lines).toContain('X-Forwarded-Proto: https')
    expect(lines).toContain('X-Real-IP: 192.0.2.7')
    expect(lines.join()).not.toContain('For: 203')
  })

  test('brackets and quotes an IPv6 address in Forwarded', () => {
    const lines = forwarded(START, {
      forwarded: { ...NOTHING, forwarded: true },
      peerAddress: '2001:db8::1'
    })
    expect(lines).toContain('Forwarded: for="[2001:db8::1]";host="a.test";proto=https')
  })
})
