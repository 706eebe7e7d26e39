/** Contract: the forwarded fields are shown in order, and a secret never is. */
import { expect, test } from 'vitest'
import { MASKED, SENSITIVE_FIELDS } from '../model/traffic-sample.ts'
import { forwardedFields } from './forwarded-fields.ts'

const head = (...lines: readonly string[]): string =>
  ['GET /?token=x HTTP/1.1', ...lines, '', ''].join('\r\n')

test('fields come in their order, without the body that may stand behind them', () => {
  const text = `${head('Host: a.test', 'X-Empty:', 'Accept:  */* ')}body: not a field\r\n`
  expect(forwardedFields(text)).toEqual([
    ['Host', 'a.test'],
    ['X-Empty', ''],
    ['Accept', '*/*']
  ])
})

test.each(SENSITIVE_FIELDS)('the value of %s is masked, however it is written', (name) => {
  const written = [name, name.toUpperCase(), name.charAt(0).toUpperCase() + name.slice(1)]
  const fields = forwardedFields(head(...written.map((one) => `${one}: s3cret`)))
  expect(fields).toHaveLength(3)
  expect(fields.every(([, value]) => value === MASKED)).toBe(true)
  expect(JSON.stringify(fields)).not.toContain('s3cret')
})

test('at most 32 fields of at most 256 characters are shown', () => {
  const lines = Array.from({ length: 40 }, (_, n) => `X-${n}: ${'v'.repeat(300)}`)
  const fields = forwardedFields(head(...lines))
  expect(fields).toHaveLength(32)
  expect(fields[0]![1]).toHaveLength(256)
})

test('a request that was never forwarded has none', () => {
  expect(forwardedFields('')).toEqual([])
  expect(forwardedFields('GET / HTTP/1.1\r\n\r\n')).toEqual([])
})
