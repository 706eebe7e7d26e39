/** CL.TE, TE.CL and every spelling by which one of two readers misses a transfer coding. */
import { expect } from 'vitest'
import {
  forwarded,
  get,
  post,
  rejected,
  request,
  SMUGGLED,
  type AttackCase,
  type AttackFamily
} from '../attack-case.ts'

const CHUNKS = '5\r\nhello\r\n0\r\n\r\n'
const LENGTH_FOUR = 'Content-Length: 4'
const CHUNKED = 'Transfer-Encoding: chunked'

const isHello = forwarded((message) => {
  expect(message.framing).toEqual({ kind: 'chunked' })
  expect(message.body.toString()).toBe('hello')
})

/** TE.CL or CL.TE arises wherever one side takes this line for a chunked body and the other not. */
const hidden = (name: string, ...lines: readonly string[]): AttackCase => ({
  name,
  bytes: post(lines, CHUNKS),
  expect: rejected()
})

const coding = (name: string, value: string): AttackCase =>
  hidden(name, `Transfer-Encoding:${value}`)

export const bothLengthAttacks: AttackFamily = {
  title: 'Content-Length with Transfer-Encoding',
  cases: [
    {
      name: 'CL.TE: a length over the end of the chunks',
      bytes: post([`Content-Length: ${5 + SMUGGLED.length}`, CHUNKED], `0\r\n\r\n${SMUGGLED}`),
      expect: rejected()
    },
    {
      name: 'TE.CL: a length that ends inside the first chunk',
      bytes: post(
        [CHUNKED, LENGTH_FOUR],
        `${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`
      ),
      expect: rejected()
    },
    hidden('both, the length zero', 'Content-Length: 0', CHUNKED),
    hidden('both, equal in effect', `Content-Length: ${CHUNKS.length}`, CHUNKED),
    hidden('both, and an unknown coding', LENGTH_FOUR, 'Transfer-Encoding: xchunked'),
    hidden('both, and "identity"', LENGTH_FOUR, 'Transfer-Encoding: identity'),
    hidden('both, the coding empty', LENGTH_FOUR, 'Transfer-Encoding:'),
    {
      name: 'both, the coding named by Connection',
      bytes: post([LENGTH_FOUR, CHUNKED, 'Connection: Transfer-Encoding'], CHUNKS),
      expect: rejected()
    },
    {
      name: 'the coding named by Connection, to have it dropped on the way',
      bytes: post([CHUNKED, 'Connection: close, transfer-encoding'], CHUNKS),
      expect: isHello
    },
    {
      name: 'an underscore in its name: "Transfer_Encoding"',
      bytes: post([`Content-Length: ${CHUNKS.length}`, 'Transfer_Encoding: chunked'], CHUNKS),
      expect: forwarded((message) => expect(message.framing.kind).toBe('length'))
    },
    {
      name: 'a coding in HTTP/1.0',
      bytes: request('POST /attack HTTP/1.0', ['Host: a.test', CHUNKED], CHUNKS),
      expect: rejected()
    },
    {
      name: 'a coding and a length in HTTP/1.0',
      bytes: request('POST /attack HTTP/1.0', ['Host: a.test', LENGTH_FOUR, CHUNKED], CHUNKS),
      expect: rejected()
    },
    {
      name: 'a chunked body of a GET',
      bytes: get(CHUNKED) + CHUNKS,
      expect: isHello
    }
  ]
}

export const transferEncodingAttacks: AttackFamily = {
  title: 'Spellings of Transfer-Encoding',
  cases: [
    { name: 'upper case', bytes: post(['TRANSFER-ENCODING: CHUNKED'], CHUNKS), expect: isHello },
    { name: 'mixed case', bytes: post(['tRANSFER-eNCODING: cHuNkEd'], CHUNKS), expect: isHello },
    {
      name: 'no space behind the colon',
      bytes: post(['Transfer-Encoding:chunked'], CHUNKS),
      expect: isHello
    },
    {
      name: 'two spaces before it',
      bytes: post(['Transfer-Encoding:  chunked'], CHUNKS),
      expect: isHello
    },
    {
      name: 'a tab before it',
      bytes: post(['Transfer-Encoding:\tchunked'], CHUNKS),
      expect: isHello
    },
    {
      name: 'a tab behind it',
      bytes: post(['Transfer-Encoding: chunked\t'], CHUNKS),
      expect: isHello
    },
    coding('"xchunked"', ' xchunked'),
    coding('"chunkedx"', ' chunkedx'),
    coding('"chunke"', ' chunke'),
    coding('"chunked chunked"', ' chunked chunked'),
    coding('a vertical tab before it', ' \x0bchunked'),
    coding('a vertical tab instead of the space', '\x0bchunked'),
    coding('a form feed before it', ' \x0cchunked'),
    coding('a vertical tab behind it', ' chunked\x0b'),
    coding('a NUL behind it', ' chunked\0'),
    coding('a NUL before it', ' \0chunked'),
    coding('a no-break space before it', ' \xa0chunked'),
    coding('a Kelvin sign for its k', ' chun\xe2\x84\xaaed'),
    coding('a control byte before it', ' \x01chunked'),
    coding('double quotes', ' "chunked"'),
    coding('single quotes', " 'chunked'"),
    coding('a parameter: "chunked;q=1"', ' chunked;q=1'),
    coding('a semicolon: "chunked;"', ' chunked;'),
    coding('a trailing comma: "chunked,"', ' chunked,'),
    coding('a leading comma: ", chunked"', ' , chunked'),
    coding('"chunked, chunked"', ' chunked, chunked'),
    coding('"chunked, identity"', ' chunked, identity'),
    coding('"identity, chunked"', ' identity, chunked'),
    coding('"identity"', ' identity'),
    coding('"gzip, chunked"', ' gzip, chunked'),
    coding('"chunked, gzip"', ' chunked, gzip'),
    coding('"gzip"', ' gzip'),
    coding('an empty value', ''),
    coding('folded: a line break before it', '\r\n chunked'),
    coding('folded: a line break behind it', ' chunked\r\n identity'),
    hidden('twice "chunked"', CHUNKED, CHUNKED),
    hidden('"chunked", then "identity"', CHUNKED, 'Transfer-Encoding: identity'),
    hidden('"identity", then "chunked"', 'Transfer-Encoding: identity', CHUNKED),
    hidden('"chunked", then "x"', CHUNKED, 'Transfer-encoding: x'),
    hidden('"x", then "chunked"', 'Transfer-Encoding: x', CHUNKED),
    hidden('"chunked", then an empty one', CHUNKED, 'Transfer-Encoding:'),
    hidden('a space before the colon', LENGTH_FOUR, 'Transfer-Encoding : chunked'),
    hidden('a tab before the colon', LENGTH_FOUR, 'Transfer-Encoding\t: chunked'),
    hidden('a space before the name', LENGTH_FOUR, ' Transfer-Encoding: chunked'),
    hidden('a NUL in the name', LENGTH_FOUR, 'Transfer-Encoding\0: chunked'),
    hidden('a high byte in the name', LENGTH_FOUR, 'Transfer-Encoding\xff: chunked'),
    hidden('behind a bare LF', LENGTH_FOUR, 'X: y\nTransfer-Encoding: chunked'),
    hidden('behind a bare CR', LENGTH_FOUR, 'X: y\rTransfer-Encoding: chunked'),
    hidden('a line break inside the name', LENGTH_FOUR, 'Transfer-\r\nEncoding: chunked'),
    hidden('a line break before the colon', LENGTH_FOUR, 'Transfer-Encoding\r\n : chunked')
  ]
}
