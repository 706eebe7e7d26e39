/** Chunked bodies whose end two readers may see at different places. */
import { expect } from 'vitest'
import {
  aborted,
  forwarded,
  post,
  SMUGGLED,
  type AttackCase,
  type AttackFamily,
  type Expectation
} from '../attack-case.ts'

const END = '0\r\n\r\n'

/** The text must arrive whole in an unambiguous framing. */
const arrives = (text: string): Expectation =>
  forwarded((message) => expect(message.body.toString('latin1')).toBe(text))

/** As `arrives`, and the trailer stays behind: it would change what the message means. */
const arrivesBare = (text: string): Expectation =>
  forwarded((message) => {
    expect(message.body.toString('latin1')).toBe(text)
    expect(message.trailers).toEqual([])
  })

function body(name: string, bytes: string, expectation: Expectation = aborted()): AttackCase {
  return { name, bytes: post(['Transfer-Encoding: chunked'], bytes), expect: expectation }
}

const size = (name: string, line: string): AttackCase => body(name, `${line}\r\nhello\r\n${END}`)

export const chunkSizeAttacks: AttackFamily = {
  title: 'Chunk sizes',
  cases: [
    body(
      'upper and lower case digits',
      `A\r\n0123456789\r\na\r\n0123456789\r\n${END}`,
      arrives('01234567890123456789')
    ),
    body('leading zeros', `00005\r\nhello\r\n00\r\n\r\n`, arrives('hello')),
    size('a hexadecimal prefix: "0x5"', '0x5'),
    size('a plus sign', '+5'),
    size('a minus sign', '-5'),
    size('an underscore: "0_5"', '0_5'),
    size('a letter that is no digit: "5g"', '5g'),
    size('a fraction: "5.0"', '5.0'),
    size('an empty size', ''),
    size('a space before it', ' 5'),
    size('a tab before it', '\t5'),
    size('a space behind it', '5 '),
    size('a tab behind it', '5\t'),
    size('a NUL behind it', '5\0'),
    size('quotes', '"5"'),
    size('a comma: "5,5"', '5,5'),
    size('2^53 + 1', '20000000000001'),
    size('2^64 + 5', '10000000000000005'),
    size('thirty-two digits', 'f'.repeat(32)),
    size('a thousand leading zeros', `${'0'.repeat(1000)}5`),
    body('ended by a bare LF', `5\nhello\r\n${END}`),
    body('ended by a bare CR', `5\rhello\r\n${END}`),
    body('ended by CR CR LF', `5\r\r\nhello\r\n${END}`),
    body('ended by LF CR', `5\n\rhello\r\n${END}`),
    body('the last chunk ended by a bare LF', '5\r\nhello\r\n0\n\r\n'),
    body('the body ended by a bare LF', '5\r\nhello\r\n0\r\n\n'),
    body('the last chunk is "-0"', '5\r\nhello\r\n-0\r\n\r\n')
  ]
}

export const chunkDataAttacks: AttackFamily = {
  title: 'Chunk data, extensions and trailers',
  cases: [
    body('no CR LF behind the data', `5\r\nhello${END}`),
    body('LF alone behind the data', `5\r\nhello\n${END}`),
    body('CR alone behind the data', `5\r\nhello\r${END}`),
    body('other bytes in place of the CR LF', `5\r\nhelloXX${END}`),
    body('more data than announced', `5\r\nhello world\r\n${END}`),
    body('a request in place of the CR LF', `5\r\nhello${SMUGGLED}`),
    body('an extension', `5;a=b\r\nhello\r\n${END}`, arrives('hello')),
    body('a quoted extension', `5;a="b;c"\r\nhello\r\n${END}`, arrives('hello')),
    body('an extension of the last chunk', '5\r\nhello\r\n0;a=b\r\n\r\n', arrives('hello')),
    body('a bare LF in an extension', `5;a\nb\r\nhello\r\n${END}`),
    body('a bare CR in an extension', `5;a\rb\r\nhello\r\n${END}`),
    body('a request behind a bare LF in an extension', `0;\n\n${SMUGGLED}\r\n${END}`),
    body('a NUL in an extension', `5;a\0\r\nhello\r\n${END}`),
    body('an extension of 20 000 bytes', `5;${'a'.repeat(20_000)}\r\nhello\r\n${END}`),
    body('a trailer', `5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n`, arrives('hello')),
    body(
      'Content-Length as a trailer',
      `5\r\nhello\r\n0\r\nContent-Length: 50\r\n\r\n`,
      arrivesBare('hello')
    ),
    body(
      'Transfer-Encoding as a trailer',
      `5\r\nhello\r\n0\r\nTransfer-Encoding: x\r\n\r\n`,
      arrivesBare('hello')
    ),
    body('Host as a trailer', `5\r\nhello\r\n0\r\nHost: evil.test\r\n\r\n`, arrivesBare('hello')),
    body('a trailer without a colon', `5\r\nhello\r\n0\r\nX-Sum\r\n\r\n`),
    body('a trailer with a space before the colon', `5\r\nhello\r\n0\r\nX-Sum : 1\r\n\r\n`),
    body('a folded trailer', `5\r\nhello\r\n0\r\nX-Sum: 1\r\n 2\r\n\r\n`),
    body('a bare LF in a trailer', `5\r\nhello\r\n0\r\nX-Sum: 1\n${SMUGGLED}`),
    body('a NUL in a trailer', `5\r\nhello\r\n0\r\nX-Sum: \0\r\n\r\n`),
    body('trailers of 200 000 bytes', `5\r\nhello\r\n0\r\nX-Sum: ${'a'.repeat(200_000)}\r\n\r\n`)
  ]
}
