/** Lengths that two readers may count differently. */
import { expect } from 'vitest'
import { fieldValue } from '../../servers/http-head.ts'
import { forwarded, get, post, rejected, SMUGGLED, type AttackFamily } from '../attack-case.ts'

const withLength = (value: string, body = 'hello'): string =>
  post([`Content-Length: ${value}`], body)

const asFive = forwarded((message) => {
  expect(fieldValue(message, 'content-length')).toBe('5')
  expect(message.body.toString()).toBe('hello')
})

export const contentLengthAttacks: AttackFamily = {
  title: 'Content-Length',
  cases: [
    {
      name: 'two different lengths',
      bytes: post(['Content-Length: 5', 'Content-Length: 0'], 'hello'),
      expect: rejected()
    },
    {
      name: 'the shorter of two lengths first',
      bytes: post(['Content-Length: 0', `Content-Length: ${SMUGGLED.length}`], SMUGGLED),
      expect: rejected()
    },
    {
      name: 'the same length twice',
      bytes: post(['Content-Length: 5', 'Content-Length: 5'], 'hello'),
      expect: asFive
    },
    { name: 'a list of equal lengths: "5, 5"', bytes: withLength('5, 5'), expect: rejected() },
    { name: 'a list of different lengths: "5, 6"', bytes: withLength('5, 6'), expect: rejected() },
    { name: 'a plus sign: "+5"', bytes: withLength('+5'), expect: rejected() },
    { name: 'a minus sign: "-5"', bytes: withLength('-5'), expect: rejected() },
    { name: 'minus zero: "-0"', bytes: withLength('-0', ''), expect: rejected() },
    { name: 'a hexadecimal prefix: "0x5"', bytes: withLength('0x5'), expect: rejected() },
    { name: 'a hexadecimal digit: "a"', bytes: withLength('a', 'hellohello'), expect: rejected() },
    { name: 'an exponent: "5e0"', bytes: withLength('5e0'), expect: rejected() },
    { name: 'a fraction: "5.0"', bytes: withLength('5.0'), expect: rejected() },
    { name: 'a space inside: "5 5"', bytes: withLength('5 5'), expect: rejected() },
    { name: 'an underscore: "0_5"', bytes: withLength('0_5'), expect: rejected() },
    { name: 'a trailing letter: "5b"', bytes: withLength('5b'), expect: rejected() },
    { name: 'a trailing semicolon: "5;"', bytes: withLength('5;'), expect: rejected() },
    { name: 'quotes: "\\"5\\""', bytes: withLength('"5"'), expect: rejected() },
    { name: 'a vertical tab before it', bytes: withLength('\x0b5'), expect: rejected() },
    { name: 'a form feed behind it', bytes: withLength('5\x0c'), expect: rejected() },
    { name: 'a no-break space behind it', bytes: withLength('5\xa0'), expect: rejected() },
    { name: 'a NUL behind it', bytes: withLength('5\0'), expect: rejected() },
    { name: 'digits outside ASCII', bytes: withLength('\xd9\xa5'), expect: rejected() },
    { name: 'an empty value', bytes: withLength('', ''), expect: rejected() },
    { name: 'blanks around it: " \\t5 "', bytes: withLength(' \t5 '), expect: asFive },
    { name: 'leading zeros: "0005"', bytes: withLength('0005'), expect: asFive },
    { name: '2^53 + 1', bytes: withLength('9007199254740993'), expect: rejected() },
    { name: '2^64 + 5', bytes: withLength('18446744073709551621'), expect: rejected() },
    {
      name: '2^32 + 5, over the body limit',
      bytes: withLength('4294967301'),
      expect: rejected(413)
    },
    {
      name: 'a space before the colon',
      bytes: post(['Content-Length : 5'], 'hello'),
      expect: rejected()
    },
    {
      name: 'a tab before the colon',
      bytes: post(['Content-Length\t: 5'], 'hello'),
      expect: rejected()
    },
    {
      name: 'a request inside the body of a GET',
      bytes: get(`Content-Length: ${SMUGGLED.length}`) + SMUGGLED,
      expect: forwarded((message) => expect(message.body.toString()).toBe(SMUGGLED))
    },
    {
      name: 'named by Connection, to have it dropped on the way',
      bytes: post(['Connection: Content-Length', `Content-Length: ${SMUGGLED.length}`], SMUGGLED),
      expect: forwarded((message) => expect(message.body.toString()).toBe(SMUGGLED))
    },
    {
      name: 'an underscore in its name: "Content_Length"',
      bytes: get('Content_Length: 5'),
      expect: forwarded((message) => expect(message.framing).toEqual({ kind: 'none' }))
    }
  ]
}
