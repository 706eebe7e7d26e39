/** The first run takes whatever is on the clipboard: lists, quotes, commas, repeats. */
import { expect, test } from 'vitest'
import { MAX_ADDRESSES, pastedAddresses, readPort } from './pasted-addresses.ts'

test('addresses, also of IPv6, may stand between spaces, commas and line ends', () => {
  expect(pastedAddresses(' 10.0.0.1:80, 10.0.0.2:80\nhttp://api.test;[::1]:80 ')).toEqual([
    '10.0.0.1:80',
    '10.0.0.2:80',
    'http://api.test',
    '[::1]:80'
  ])
})

test('quotes and list marks are no part of an address', () => {
  expect(pastedAddresses('- "10.0.0.1:80"\n* \'10.0.0.2:80\'\n<http://a.test>')).toEqual([
    '10.0.0.1:80',
    '10.0.0.2:80',
    'http://a.test'
  ])
})

test('each address counts once, and there is an end', () => {
  expect(pastedAddresses('a:1 b:1 a:1')).toEqual(['a:1', 'b:1'])
  const many = Array.from({ length: MAX_ADDRESSES + 5 }, (_, at) => `h${at}:80`).join(' ')
  expect(pastedAddresses(many)).toHaveLength(MAX_ADDRESSES)
  expect(pastedAddresses('  \n ')).toEqual([])
})

test('a port is read or refused with a reason', () => {
  expect(readPort(' 8080 ')).toEqual({ port: 8080 })
  for (const text of ['0', '65536', '80.5', '1e3', 'http', '-1']) {
    expect(readPort(text)).toEqual({ problem: 'A port is a whole number from 1 to 65535.' })
  }
  expect(readPort('')).toEqual({ problem: 'Give the port that clients connect to.' })
})
