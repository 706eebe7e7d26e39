/** Contract: the first cookie of a name is found among whatever a client sends, and nothing else is. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cookieValue } from './cookie-value.ts'

test.each([
  ['SRV=1', '1'],
  ['a=b; SRV=1', '1'],
  ['a=b;SRV=1;c=d', '1'],
  ['a=b;  \tSRV=1 ; c=d', '1'],
  ['SRV=1; SRV=2', '1'],
  ['XSRV=0; SRV=1', '1'],
  ['SRV =0; SRV=1', '1'],
  ['a=SRV=0; SRV=1', '1'],
  ['a="x SRV=0"; SRV=1', '1'],
  [';;=;SRV;SRV=1', '1'],
  ['SRV=a=b', 'a=b'],
  ['SRV="1"', '"1"'],
  ['SRV=', ''],
  ['', undefined],
  ['SRV', undefined],
  ['srv=1', undefined],
  ['$SRV=1', undefined],
  ['a=b, SRV=1', undefined]
])('in %j SRV is %j', (field, value) => {
  expect(cookieValue(field, 'SRV')).toBe(value)
})

test('it is the first pair of that name by RFC 6265, whatever the field', () => {
  const byRule = (field: string): string | undefined =>
    field
      .split(';')
      .map((pair) => /^[ \t]*SRV=(.*?)[ \t]*$/s.exec(pair)?.[1])
      .find((value) => value !== undefined)
  const piece = fc.constantFrom('SRV', 'SRV=', 'X', '=', ';', '; ', ' ', '\t', '"', ',', 'v')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      expect(cookieValue(pieces.join(''), 'SRV')).toBe(byRule(pieces.join('')))
    })
  )
})

test('a field that is made to be slow is not', () => {
  const field = `${' '.repeat(50)}SRV`.repeat(300_000 / 53)
  const startedMs = performance.now()
  for (let n = 0; n < 20; n++) cookieValue(`${field}=`, 'SRV')
  expect(performance.now() - startedMs).toBeLessThan(1000)
})
