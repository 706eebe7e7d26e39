/**
 * Admission: a link is good once and for ten minutes, a ticket once and for one, a key with its
 * session only, and nothing is kept without bound.
 */
import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { Admission, LINK_LIFETIME_MS, TICKET_LIFETIME_MS, type Entry } from './admission.ts'

let clock: ManualClock
let admission: Admission

beforeEach(() => {
  clock = new ManualClock()
  admission = new Admission(clock, randomBytes)
})

function entered(present: string | null = null): Entry {
  return admission.redeem(admission.mintLink(), present)!
}

describe('a link', () => {
  test('is exchanged for a session that admits, and for a ticket', () => {
    const { session, ticket } = entered()
    expect(session).toHaveLength(43)
    expect(ticket).toHaveLength(43)
    expect(admission.admits(session)).toBe(true)
  })

  test('is refused the second time', () => {
    const link = admission.mintLink()
    admission.redeem(link)
    expect(admission.redeem(link)).toBeNull()
  })

  test('is taken until just before its end and not at it', () => {
    const early = admission.mintLink()
    const late = admission.mintLink()
    clock.advance(LINK_LIFETIME_MS - 1)
    expect(admission.redeem(early)).not.toBeNull()
    clock.advance(1)
    expect(admission.redeem(late)).toBeNull()
  })

  test.each(['', 'guess'])('or session "%s" is not known', (secret) => {
    expect(admission.redeem(secret)).toBeNull()
    expect(admission.admits(secret)).toBe(false)
  })

  test('is no session, and a session is no link', () => {
    const link = admission.mintLink()
    expect(admission.admits(link)).toBe(false)
    expect(admission.redeem(admission.redeem(link)!.session)).toBeNull()
  })

  test('keeps the session that the browser has already, and its keys', () => {
    const { session, ticket } = entered()
    const key = admission.takeKey(session, ticket)!
    const again = entered(session)
    expect(again.session).toBe(session)
    expect(admission.isKeyOf(session, key)).toBe(true)
    expect(admission.isKeyOf(session, admission.takeKey(session, again.ticket)!)).toBe(true)
  })

  test('gives a new session to a browser with a cookie of nobody', () => {
    expect(entered('guess').session).not.toBe('guess')
  })
})

describe('a ticket', () => {
  test('is exchanged for a key of its session', () => {
    const { session, ticket } = entered()
    const key = admission.takeKey(session, ticket)!
    expect(key).toHaveLength(43)
    expect(admission.isKeyOf(session, key)).toBe(true)
  })

  test('is refused the second time', () => {
    const { session, ticket } = entered()
    admission.takeKey(session, ticket)
    expect(admission.takeKey(session, ticket)).toBeNull()
  })

  test('is refused with another session, and is not spent by that', () => {
    const mine = entered()
    const other = entered()
    expect(admission.takeKey(other.session, mine.ticket)).toBeNull()
    expect(admission.takeKey(mine.session, mine.ticket)).not.toBeNull()
  })

  test('is refused after a minute', () => {
    const { session, ticket } = entered()
    clock.advance(TICKET_LIFETIME_MS)
    expect(admission.takeKey(session, ticket)).toBeNull()
  })
})

describe('a key', () => {
  test('opens nothing with another session', () => {
    const mine = entered()
    const key = admission.takeKey(mine.session, mine.ticket)!
    expect(admission.isKeyOf(entered().session, key)).toBe(false)
    expect(admission.isKeyOf('guess', key)).toBe(false)
  })

  test.each(['', 'guess'])('that is "%s" opens nothing', (key) => {
    expect(admission.isKeyOf(entered().session, key)).toBe(false)
  })

  test('is neither the session nor the ticket', () => {
    const { session, ticket } = entered()
    expect(admission.isKeyOf(session, session)).toBe(false)
    expect(admission.isKeyOf(session, ticket)).toBe(false)
  })
})

describe('what is kept', () => {
  test('is 16 links and 64 sessions, of which the oldest is forgotten', () => {
    const links = Array.from({ length: 17 }, () => admission.mintLink())
    expect(admission.redeem(links[0]!)).toBeNull()
    expect(admission.redeem(links[1]!)).not.toBeNull()

    const sessions = Array.from({ length: 65 }, () => entered().session)
    expect(admission.admits(sessions[0]!)).toBe(false)
    expect(admission.admits(sessions[1]!)).toBe(true)
  })

  test('is 4 tickets and 32 keys of a session', () => {
    const { session } = entered()
    const tickets = Array.from({ length: 5 }, () => entered(session).ticket)
    expect(admission.takeKey(session, tickets[0]!)).toBeNull()
    const keys = Array.from({ length: 33 }, () => {
      return admission.takeKey(session, entered(session).ticket)!
    })
    expect(admission.isKeyOf(session, keys[0]!)).toBe(false)
    expect(admission.isKeyOf(session, keys[1]!)).toBe(true)
  })
})
