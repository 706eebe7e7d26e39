/** Answers that the balancer gives itself: refusals, and failures that no backend could mend. */

const PHRASES: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  404: 'Not Found',
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
  505: 'HTTP Version Not Supported'
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
  const { content } = answer
  const body =
    content === undefined
      ? `${answer.status} ${phrase}\n${answer.reason}\n`
      : latin1Of(content.body)
  let head =
    `HTTP/1.1 ${answer.status} ${phrase}\r\n` +
    `Content-Type: ${content?.type ?? 'text/plain; charset=utf-8'}\r\n` +
    `Content-Length: ${body.length}\r\n` +
    'Cache-Control: no-store\r\n'
  if (answer.retryAfterS > 0) head += `Retry-After: ${answer.retryAfterS}\r\n`
  head += answer.addedLines
  if (answer.isClosing) head += 'Connection: close\r\n'
  return `${head}\r\n${answer.isHead ? '' : body}`
}

/** Its octets in UTF-8, one to a character. */
function latin1Of(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
