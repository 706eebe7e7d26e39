/** Contract: which values a Host field may have. */
import { expect, it } from 'vitest'
import { isAuthority } from './authority.ts'

const isHost = (text: string): boolean => {
  const bytes = Buffer.from(`..${text}..`, 'latin1')
  return isAuthority(bytes, 2, bytes.length - 2)
}

it.each([
  'a.test',
  'A.Test:8080',
  '10.0.0.1',
  '10.0.0.1:80',
  'a.test:',
  'a_b.test.',
  '[::1]',
  '[fe80::1]:443',
  '[::ffff:10.0.0.1]:65535'
])('takes %s', (text) => expect(isHost(text)).toBe(true))

it.each([
  '',
  ':80',
  'a.test:x',
  'a.test:80:80',
  'a.test:65536',
  'a.test:+80',
  '[::1',
  '[]',
  '[::1]x',
  '::1',
  'a[b]',
  'u@a.test',
  'a.test/x',
  'a.test,b.test',
  'a b',
  'a\x00b',
  '\xe9.test'
])('refuses %j', (text) => expect(isHost(text)).toBe(false))
