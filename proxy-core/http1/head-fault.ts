/**
 * Why a head or a body framing was refused. Each code has the status that a client gets for
 * it and the sentence that stands in the answer and the log; a backend's fault is a 502.
 */
export interface HeadFault {
  readonly status: 400 | 408 | 413 | 414 | 417 | 431 | 501 | 505
  readonly reason: string
}

export const HEAD_FAULTS = {
  startLine: { status: 400, reason: 'The start line is malformed.' },
  version: { status: 505, reason: 'Only HTTP/1.0 and HTTP/1.1 are spoken here.' },
  target: { status: 400, reason: 'The request target holds a character that is not allowed.' },
  lineTooLong: { status: 414, reason: 'The request line is longer than this listener allows.' },
  headTooLarge: { status: 431, reason: 'The head is larger than this listener allows.' },
  tooManyFields: { status: 431, reason: 'The head has more fields than this listener allows.' },
  fieldName: { status: 400, reason: 'A field name is malformed, folded or followed by a space.' },
  fieldValue: {
    status: 400,
    reason: 'A field value holds a control character or a bare CR or LF.'
  },
  lineEnd: { status: 400, reason: 'A line does not end in CR LF.' },
  contentLength: { status: 400, reason: 'Content-Length is not one plain decimal number.' },
  contentLengthDiffers: {
    status: 400,
    reason: 'Content-Length is given twice with different values.'
  },
  transferEncoding: {
    status: 400,
    reason: 'Transfer-Encoding is anything but a single "chunked".'
  },
  twoLengths: { status: 400, reason: 'Content-Length and Transfer-Encoding are both given.' },
  transferEncodingVersion: { status: 400, reason: 'HTTP/1.0 has no Transfer-Encoding.' },
  hostMissing: { status: 400, reason: 'HTTP/1.1 needs a Host field.' },
  hostRepeated: { status: 400, reason: 'Host is given more than once.' },
  hostInvalid: { status: 400, reason: 'Host is empty or holds a character that is not allowed.' },
  authorityMismatch: { status: 400, reason: 'The target names another authority than Host.' },
  connectMethod: { status: 501, reason: 'CONNECT is not supported: this is no forward proxy.' },
  expectation: { status: 417, reason: 'Only the expectation 100-continue is known.' },
  chunkSize: { status: 400, reason: 'A chunk size is not a plain hexadecimal number.' },
  chunkExtension: { status: 400, reason: 'A chunk extension is malformed or too long.' },
  chunkEnd: { status: 400, reason: 'The data of a chunk is not followed by CR LF.' },
  trailer: { status: 400, reason: 'The trailer section is malformed or too large.' }
} as const satisfies Readonly<Record<string, HeadFault>>
