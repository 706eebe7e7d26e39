/** The log of refused requests: a line each, bounded, and safe to look at in a terminal. */
import { beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { RefusalLog, type RefusedRequest } from './refusal-log.ts'

const REQUEST: RefusedRequest = {
  method: 'GET',
  path: '/',
  status: 403,
  reason: 'The request comes from another origin.',
  host: '127.0.0.1:4321',
  origin: 'http://evil.test'
}

let clock: ManualClock
let lines: string[]
let log: RefusalLog

beforeEach(() => {
  clock = new ManualClock()
  lines = []
  log = new RefusalLog(clock, (line) => lines.push(line))
})

describe('RefusalLog', () => {
  test('says what was refused, from where and why', () => {
    log.note(REQUEST)
    log.note({ ...REQUEST, host: undefined, origin: undefined })
    expect(lines).toEqual([
      'Refused "GET /" (Host "127.0.0.1:4321", Origin "http://evil.test") with 403: The request comes from another origin.',
      'Refused "GET /" (Host "none") with 403: The request comes from another origin.'
    ])
  })

  test('writes ten lines a minute and counts the others', () => {
    for (let count = 0; count < 1000; count++) log.note(REQUEST)
    expect(lines).toHaveLength(10)
    clock.advance(60_000)
    expect(lines.at(-1)).toBe('990 more requests to the console were refused in the last minute.')
    log.note(REQUEST)
    expect(lines).toHaveLength(12)
    clock.advance(60_000)
    expect(lines).toHaveLength(12)
    expect(clock.pendingCount).toBe(0)
  })

  test('tells at its end what it left out', () => {
    for (let count = 0; count < 11; count++) log.note(REQUEST)
    log.close()
    expect(lines.at(-1)).toBe('1 more request to the console was refused in the last minute.')
    expect(clock.pendingCount).toBe(0)
  })

  test('lets no control character and no flood through to a terminal', () => {
    log.note({ ...REQUEST, host: `\u001b[2J\u009b0m"${'a'.repeat(500)}` })
    expect(lines[0]).toMatch(/^[ -~]+$/)
    expect(lines[0]!.length).toBeLessThan(300)
  })
})
