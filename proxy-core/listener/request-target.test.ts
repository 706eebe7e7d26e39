/** Contract: what of a request target is forwarded, and which authority a request is routed by. */
import { describe, expect, test } from 'vitest'
import { requestTarget } from './request-target.ts'

describe('requestTarget', () => {
  test.each([
    ['/a/b?c=d', 'GET', 'a.test', '/a/b?c=d', 'a.test'],
    ['//not-a-host/a', 'GET', 'a.test', '//not-a-host/a', 'a.test'],
    ['*', 'OPTIONS', 'a.test', '*', 'a.test'],
    ['http://a.test/a?b', 'GET', 'a.test', '/a?b', 'a.test'],
    ['HTTP://A.test/a', 'GET', 'a.TEST', '/a', 'a.TEST'],
    ['http://a.test', 'GET', 'a.test', '/', 'a.test'],
    ['http://a.test?b', 'GET', 'a.test', '/?b', 'a.test'],
    ['https://a.test:443/a', 'GET', 'a.test', '/a', 'a.test'],
    ['http://a.test/a', 'GET', 'a.test:80', '/a', 'a.test:80'],
    ['http://a.test:8080/a', 'GET', 'a.test:8080', '/a', 'a.test:8080'],
    ['http://[::1]:8080/a', 'GET', '[::1]:8080', '/a', '[::1]:8080'],
    ['http://a.test/a', 'GET', '', '/a', 'a.test']
  ])('%s of %s with Host %j', (received, method, host, target, routed) => {
    expect(requestTarget(received, method, host)).toEqual({ target, host: routed })
  })

  test.each([
    ['another authority', 'http://b.test/', 'GET', 'a.test', 400],
    ['another port', 'http://a.test:81/', 'GET', 'a.test', 400],
    ['user information', 'http://u:p@a.test/', 'GET', '', 400],
    ['no authority', 'http:///a', 'GET', '', 400],
    ['a quote in the authority', 'http://a";for=203.0.113.9/', 'GET', '', 400],
    ['a backslash in the authority', 'http://a.test\\@b.test/', 'GET', '', 400],
    ['a comma in the authority', 'http://a.test,b.test/', 'GET', '', 400],
    ['a port that is no number', 'http://a.test:x/', 'GET', '', 400],
    ['another scheme', 'ftp://a.test/', 'GET', 'a.test', 400],
    ['a path without its slash', 'a/b', 'GET', 'a.test', 400],
    ['an asterisk for GET', '*', 'GET', 'a.test', 400],
    ['CONNECT', 'a.test:443', 'CONNECT', 'a.test', 501],
    ['CONNECT with a path', '/', 'CONNECT', 'a.test', 501]
  ])('refuses %s', (_, received, method, host, status) => {
    expect(requestTarget(received, method, host)).toMatchObject({ status })
  })
})
