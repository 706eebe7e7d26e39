/** Admission: a link is good once and for ten minutes, and nothing is kept without bound. */
import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { Admission, LINK_LIFETIME_MS } from './admission.ts'

let clock: ManualClock
let admission: Admission

beforeEach(() => {
  clock = new ManualClock()
  admission = new Admission(clock, randomBytes)
})

describe('Admission', () => {
  test('exchanges a link for a session that admits', () => {
    const session = admission.redeem(admission.mintLink())
    expect(session).toHaveLength(43)
    expect(admission.admits(session!)).toBe(true)
  })

  test('refuses a link the second time', () => {
    const link = admission.mintLink()
    admission.redeem(link)
    expect(admission.redeem(link)).toBeNull()
  })

  test('takes a link until just before its end and not at it', () => {
    const early = admission.mintLink()
    const late = admission.mintLink()
    clock.advance(LINK_LIFETIME_MS - 1)
    expect(admission.redeem(early)).not.toBeNull()
    clock.advance(1)
    expect(admission.redeem(late)).toBeNull()
  })

  test.each(['', 'guess'])('does not know the link or the session "%s"', (secret) => {
    expect(admission.redeem(secret)).toBeNull()
    expect(admission.admits(secret)).toBe(false)
  })

  test('does not take a link for a session, nor a session for a link', () => {
    const link = admission.mintLink()
    expect(admission.admits(link)).toBe(false)
    expect(admission.redeem(admission.redeem(link)!)).toBeNull()
  })

  test('forgets the oldest link beyond 16 and the oldest session beyond 64', () => {
    const links = Array.from({ length: 17 }, () => admission.mintLink())
    expect(admission.redeem(links[0]!)).toBeNull()
    expect(admission.redeem(links[1]!)).not.toBeNull()

    const sessions = Array.from({ length: 65 }, () => admission.redeem(admission.mintLink())!)
    expect(admission.admits(sessions[0]!)).toBe(false)
    expect(admission.admits(sessions[1]!)).toBe(true)
  })
})
