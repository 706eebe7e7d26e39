/** Contract: an answer of our own is one well-formed message, framed by its length. */
import { expect, test } from 'vitest'
import { readResponse } from '../../test/servers/http-message.ts'
import { fieldValue, fieldValues } from '../../test/servers/http-head.ts'
import { localAnswerText, type LocalAnswer } from './local-answer.ts'

function answer(parts: Partial<LocalAnswer> = {}): {
  text: string
  message: NonNullable<ReturnType<typeof readResponse>>['message']
} {
  const text = localAnswerText({
    status: 503,
    reason: 'No backend is available.',
    isClosing: false,
    isHead: false,
    addedLines: '',
    retryAfterS: 0,
    ...parts
  })
  const bytes = Buffer.from(text, 'latin1')
  const found = readResponse(bytes, 0, parts.isHead === true ? 'HEAD' : 'GET', false)!
  expect(found.next).toBe(bytes.length)
  return { text, message: found.message }
}

test('has status, sentence, length and no store', () => {
  const { message } = answer()
  expect(message.status).toBe(503)
  expect(message.body.toString()).toBe('503 Service Unavailable\nNo backend is available.\n')
  expect(fieldValue(message, 'cache-control')).toBe('no-store')
  expect(fieldValues(message, 'connection')).toEqual([])
  expect(fieldValues(message, 'retry-after')).toEqual([])
})

test('says when the connection ends, when to come back, and its request id', () => {
  const { message } = answer({
    isClosing: true,
    retryAfterS: 3,
    addedLines: 'X-Request-Id: 7\r\n'
  })
  expect(fieldValue(message, 'connection')).toBe('close')
  expect(fieldValue(message, 'retry-after')).toBe('3')
  expect(fieldValue(message, 'x-request-id')).toBe('7')
})

test('for HEAD is the same head without the body', () => {
  const [get, head] = [answer().text, answer({ isHead: true }).text]
  expect(head).toBe(get.slice(0, get.indexOf('\r\n\r\n') + 4))
})

test.each([400, 404, 408, 413, 414, 417, 431, 500, 501, 502, 503, 504, 505])(
  'has a phrase for %i',
  (status) => expect(answer({ status }).text).not.toMatch(/^HTTP\/1\.1 \d+ Error/)
)

test.each([
  [204, 'HTTP/1.1 204 No Content\r\nCache-Control: no-store\r\n\r\n'],
  [205, 'HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\nCache-Control: no-store\r\n\r\n'],
  [304, 'HTTP/1.1 304 Not Modified\r\nCache-Control: no-store\r\n\r\n']
])('%i has no body, whatever was to be said', (status, head) => {
  expect(answer({ status }).text).toBe(head)
  expect(answer({ status, content: { body: 'text', type: 'text/html' } }).text).toBe(head)
})
