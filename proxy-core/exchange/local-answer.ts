/** Answers that the balancer gives itself: refusals, and failures that no backend could mend. */
import { isBodyless } from '../model/bodyless-status.ts'

const PHRASES: Readonly<Record<number, string>> = {
  200: 'OK',
  202: 'Accepted',
  204: 'No Content',
  205: 'Reset Content',
  304: 'Not Modified',
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Content Too Large',
  414: 'URI Too Long',
  417: 'Expectation Failed',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
  507: 'Insufficient Storage'
}

/** What an operator wants said. */
export interface AnswerContent {
  readonly body: string
  /** Media type. */
  readonly type: string
}

export interface LocalAnswer {
  readonly status: number
  /** A sentence for the person who sees it; it names nothing of the inside. */
  readonly reason: string
  readonly isClosing: boolean
  readonly isHead: boolean
  /** Complete lines with CR LF, or ''. */
  readonly addedLines: string
  /** Seconds for Retry-After, or 0 for none. */
  readonly retryAfterS: number
  /** In place of status and reason. */
  readonly content?: AnswerContent
}

/** The whole message as latin1 text. */
export function localAnswerText(answer: LocalAnswer): string {
  const phrase = PHRASES[answer.status] ?? 'Error'
  const body = isBodyless(answer.status) ? '' : bodyOf(answer, phrase)
  let head =
    `HTTP/1.1 ${answer.status} ${phrase}\r\n` +
    `${bodyLines(answer, body)}Cache-Control: no-store\r\n`
  if (answer.retryAfterS > 0) head += `Retry-After: ${answer.retryAfterS}\r\n`
  head += answer.addedLines
  if (answer.isClosing) head += 'Connection: close\r\n'
  return `${head}\r\n${answer.isHead ? '' : body}`
}

function bodyOf({ status, reason, content }: LocalAnswer, phrase: string): string {
  return content === undefined ? `${status} ${phrase}\n${reason}\n` : latin1Of(content.body)
}

/** The fields that describe the body: of these statuses only 205 has one (RFC 9110 section 15.3.6). */
function bodyLines({ status, content }: LocalAnswer, body: string): string {
  if (status === 205) return 'Content-Length: 0\r\n'
  if (isBodyless(status)) return ''
  return (
    `Content-Type: ${content?.type ?? 'text/plain; charset=utf-8'}\r\n` +
    `Content-Length: ${body.length}\r\n`
  )
}

/** Its octets in UTF-8, one to a character. */
function latin1Of(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
