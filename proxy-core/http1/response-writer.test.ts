/** Contract: a forwarded response head says exactly how its body is framed on the client's side. */
import { describe, expect, test } from 'vitest'
import { ResponseParser } from './response-parser.ts'
import { responseHeadText, type ResponseHeadParts } from './response-writer.ts'

const LIMITS = { headBytes: 8192, lineBytes: 1024, fieldCount: 100 }

function forwarded(lines: readonly string[], parts: Partial<ResponseHeadParts> = {}): string[] {
  const text = `${lines.join('\r\n')}\r\n\r\n`
  const bytes = Buffer.from(text, 'latin1')
  const parser = new ResponseParser()
  expect(parser.parse(bytes, 0, bytes.length, LIMITS)).toBe(bytes.length)
  parser.markNominated(text)
  const head = responseHeadText(parser, text, {
    keepsLength: true,
    isChunked: false,
    connection: '',
    hasVia: false,
    addedLines: '',
    ...parts
  })
  expect(head.endsWith('\r\n\r\n')).toBe(true)
  return head.slice(0, -4).split('\r\n')
}

describe('a response head', () => {
  test('passes as it is', () => {
    const lines = ['HTTP/1.1 200 OK', 'Content-Length: 5', 'Set-Cookie: a=1', 'Set-Cookie: b=2']
    expect(forwarded(lines)).toEqual(lines)
  })

  test('is one of HTTP/1.1 whatever the backend speaks, with its own reason', () => {
    expect(forwarded(['HTTP/1.0 404 Nicht da'])).toEqual(['HTTP/1.1 404 Nicht da'])
    expect(forwarded(['HTTP/1.0 200'])).toEqual(['HTTP/1.1 200 '])
    expect(forwarded(['HTTP/1.2 200 OK'])).toEqual(['HTTP/1.1 200 OK'])
  })

  test('loses the fields of the hop to the backend', () => {
    const lines = [
      'HTTP/1.1 200 OK',
      'Connection: close, X-Hop',
      'A: 1',
      'Keep-Alive: timeout=5',
      'Transfer-Encoding: chunked',
      'Proxy-Connection: close',
      'Upgrade: h2',
      'x-hop: 1',
      'B:2'
    ]
    expect(forwarded(lines)).toEqual(['HTTP/1.1 200 OK', 'A: 1', 'B: 2'])
  })

  test('has one length or none', () => {
    const lines = ['HTTP/1.1 200 OK', 'Content-Length: 5', 'Content-Length: 5']
    expect(forwarded(lines)).toEqual(['HTTP/1.1 200 OK', 'Content-Length: 5'])
    expect(forwarded(lines, { keepsLength: false })).toEqual(['HTTP/1.1 200 OK'])
  })

  test('says how its body is framed, and what becomes of the connection', () => {
    expect(forwarded(['HTTP/1.1 200 OK'], { isChunked: true, connection: 'close' })).toEqual([
      'HTTP/1.1 200 OK',
      'Transfer-Encoding: chunked',
      'Connection: close'
    ])
    expect(forwarded(['HTTP/1.1 200 OK'], { connection: 'keep-alive' })).toEqual([
      'HTTP/1.1 200 OK',
      'Connection: keep-alive'
    ])
  })

  test('of an upgrade names the protocol that the backend chose', () => {
    const lines = ['HTTP/1.1 101 Switching Protocols', 'Connection: upgrade', 'upgrade: websocket']
    expect(forwarded(lines, { connection: 'Upgrade' })).toEqual([
      'HTTP/1.1 101 Switching Protocols',
      'Connection: Upgrade',
      'Upgrade: websocket'
    ])
  })

  test('gets Via and the request id where they are wanted', () => {
    expect(
      forwarded(['HTTP/1.1 200 OK', 'Via: 1.1 other'], {
        hasVia: true,
        addedLines: 'X-Request-Id: 7\r\n'
      })
    ).toEqual(['HTTP/1.1 200 OK', 'Via: 1.1 other', 'Via: 1.1 switchyard', 'X-Request-Id: 7'])
  })
})
