/** Contract: every line is one JSON object with the documented keys, whatever the client sends. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonFormat } from './json-format.ts'
import { recordDouble } from './testing/record-double.ts'

const parsed = (changes: Parameters<typeof recordDouble>[0] = {}): Record<string, unknown> =>
  JSON.parse(jsonFormat()(recordDouble(changes))) as Record<string, unknown>

describe('jsonFormat', () => {
  it('writes every fact of an exchange', () => {
    expect(parsed()).toEqual({
      time: '2026-01-02T03:04:05.678Z',
      listener: 'web',
      route: 'routes[0]',
      pool: 'api',
      backend: '10.0.0.1:80',
      client: '192.0.2.7',
      method: 'GET',
      target: '/items?id=1',
      version: '1.1',
      host: 'example.test',
      referer: 'https://example.test/',
      user_agent: 'curl/8',
      status: 200,
      request_bytes: 0,
      response_bytes: 512,
      duration_ms: 12.346,
      response_head_ms: 10.5,
      attempts: 1,
      request_id: 'r-1',
      termination: null
    })
  })

  it('writes null for what there was not, and 499 for a client that left', () => {
    expect(
      parsed({
        route: '',
        pool: '',
        backend: '',
        responseHeadMs: -1,
        requestId: '',
        status: 0,
        fields: {},
        termination: 'client_left'
      })
    ).toMatchObject({
      route: null,
      pool: null,
      backend: null,
      response_head_ms: null,
      request_id: null,
      status: 499,
      host: null,
      referer: null,
      user_agent: null,
      termination: 'client_left'
    })
  })

  it('is one line of ASCII JSON that gives back any bytes', () => {
    const bytes = fc
      .uint8Array({ maxLength: 30 })
      .map((array) => Buffer.from(array).toString('latin1'))
    fc.assert(
      fc.property(bytes, bytes, (target, agent) => {
        const line = jsonFormat()(recordDouble({ target, fields: { 'user-agent': agent } }))
        expect(line).toMatch(/^[ -~]*\n$/)
        expect(JSON.parse(line)).toMatchObject({
          target: target === '' ? null : target,
          user_agent: agent
        })
      })
    )
  })

  it('writes any duration as a number of milliseconds to the microsecond', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (durationMs) => {
        expect(parsed({ durationMs })['duration_ms']).toBeCloseTo(durationMs, 2)
      })
    )
    expect(parsed({ durationMs: 0.9996 })['duration_ms']).toBe(1)
  })

  it('never gives the pool or backend of one request to another', () => {
    const format = jsonFormat()
    const path = (changes: Parameters<typeof recordDouble>[0]): unknown[] => {
      const { listener, route, pool, backend } = JSON.parse(
        format(recordDouble(changes))
      ) as Record<string, unknown>
      return [listener, route, pool, backend]
    }
    const cases = ['a', 'b', 'a'].flatMap((listener) =>
      ['r', ''].flatMap((route) =>
        ['p', 'q'].flatMap((pool) =>
          ['x:1', 'y:2', ''].map((backend) => ({ listener, route, pool, backend }))
        )
      )
    )
    for (const one of cases) {
      expect(path(one)).toEqual([one.listener, one.route || null, one.pool, one.backend || null])
    }
  })

  it('has exactly the keys of the reference, in its order', () => {
    const reference = readFileSync(
      new URL('../../docs/reference/access-log.md', import.meta.url),
      'utf8'
    )
    const documented = [...reference.matchAll(/^\| `([a-z_]+)` +\|/gm)].map(([, key]) => key)
    expect(documented).toEqual(Object.keys(parsed()))
  })
})
