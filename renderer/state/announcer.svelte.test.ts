/** Announcements: changes only, at most one in five seconds, and an alert at once when it is down. */
import { beforeEach, describe, expect, test } from 'vitest'
import { aVerdict } from '../testing/live-payloads.ts'
import { ManualPage } from '../testing/manual-page.ts'
import { Announcer } from './announcer.svelte.ts'

let page: ManualPage
let announcer: Announcer

const degraded = (sentence: string): ReturnType<typeof aVerdict> =>
  aVerdict({ status: 'degraded', sentence })

beforeEach(() => {
  page = new ManualPage()
  announcer = new Announcer(page)
})

describe('Announcer', () => {
  test('does not announce what was so when the page opened', () => {
    announcer.take(aVerdict())
    expect(announcer.polite).toBe('')
    expect(announcer.alert).toBe('')
  })

  test('alerts at once when the page opens on an outage', () => {
    announcer.take(aVerdict({ status: 'down', sentence: 'Down.' }))
    expect(announcer.alert).toBe('Down.')
  })

  test('says a change at once, and the newest of those that follow after five seconds', () => {
    announcer.take(aVerdict())
    announcer.take(degraded('One is down.'))
    expect(announcer.polite).toBe('One is down.')
    page.advance(1000)
    announcer.take(degraded('Two are down.'))
    announcer.take(degraded('Three are down.'))
    expect(announcer.polite).toBe('One is down.')
    page.advance(3999)
    expect(announcer.polite).toBe('One is down.')
    page.advance(1)
    expect(announcer.polite).toBe('Three are down.')
  })

  test('alerts about a fall at once and takes the alert back with the recovery', () => {
    announcer.take(aVerdict())
    announcer.take(degraded('One is down.'))
    announcer.take(aVerdict({ status: 'down', sentence: 'Nobody is served.' }))
    expect(announcer.alert).toBe('Nobody is served.')
    announcer.take(aVerdict({ sentence: 'Serving again.' }))
    expect(announcer.alert).toBe('')
    page.advance(5000)
    expect(announcer.polite).toBe('Serving again.')
  })

  test('does not alert again while it stays down', () => {
    announcer.take(aVerdict({ status: 'down', sentence: 'api is down.' }))
    announcer.take(aVerdict({ status: 'down', sentence: 'api and web are down.' }))
    expect(announcer.alert).toBe('')
    page.advance(5000)
    expect(announcer.polite).toBe('api and web are down.')
  })

  test('does not take a growing duration for news', () => {
    announcer.take(aVerdict())
    announcer.take(degraded('api-2 is down since 02:14 (4m 12s).'))
    page.advance(10_000)
    announcer.take(degraded('api-2 is down since 02:14 (4m 22s).'))
    page.advance(10_000)
    expect(announcer.polite).toBe('api-2 is down since 02:14 (4m 12s).')
  })

  test('does not take growing numbers of those who wait for news', () => {
    const waiting = (taken: string, seconds: number, lost: number): string =>
      `Requests wait. ${taken} places are taken, the first has waited ${seconds} s; ` +
      `${lost} requests to api had no place or waited too long in the last 10 s.`
    announcer.take(aVerdict())
    announcer.take(degraded(waiting('20 of 1000', 4, 1)))
    page.advance(10_000)
    announcer.take(degraded(waiting('214 of 1000', 14, 23)))
    page.advance(10_000)
    expect(announcer.polite).toBe(waiting('20 of 1000', 4, 1))
    announcer.take(degraded(waiting('all 1000', 24, 23)))
    expect(announcer.polite).toBe(waiting('all 1000', 24, 23))
  })

  test('leaves no timer when it stops', () => {
    announcer.take(aVerdict())
    announcer.take(degraded('One.'))
    announcer.take(degraded('Two.'))
    announcer.stop()
    expect(page.timerCount).toBe(0)
  })
})
