/** Offers of events: told once, while they are news and nothing has changed since. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { ConsoleEvent } from '../../preload/contract/console-event.ts'
import { anEvent } from '../testing/live-payloads.ts'
import { ManualPage, NOW_MS } from '../testing/manual-page.ts'
import { ScriptedBackend } from '../testing/scripted-backend.ts'
import { EventLog } from './event-log.svelte.ts'
import { EventOffers, offerLabel } from './event-offers.ts'
import { PlanFlow } from './plan-flow.svelte.ts'
import { Toasts } from './toasts.svelte.ts'
import { WallClock } from './wall-clock.svelte.ts'

const OFFER = { kind: 'restore_config', versionId: 3 } as const

let page: ManualPage
let backend: ScriptedBackend
let toasts: Toasts
let end: () => void

beforeEach(() => {
  page = new ManualPage()
  backend = new ScriptedBackend()
  toasts = new Toasts(page)
  const events = new EventLog(backend)
  const plans = new PlanFlow(backend, page, toasts)
  end = new EventOffers({ events, plans, toasts, clock: new WallClock(page) }).start()
  events.follow()
})

function rise(seq: number, given: Partial<ConsoleEvent> = {}): ConsoleEvent {
  return anEvent(seq, {
    ...{ kind: 'config', text: 'Errors rose.', atMs: NOW_MS, offer: OFFER },
    ...given
  })
}

function push(...events: readonly ConsoleEvent[]): void {
  backend.push('events', { events: [...events], gap: null })
}

const shown = (): readonly string[] => toasts.list.map(({ text }) => text)

describe('EventOffers', () => {
  test('shows an offer until it is dismissed, and asks for its plan', () => {
    push(anEvent(1), rise(2))
    page.advance(600_000)
    const [toast] = toasts.list
    expect(toast).toMatchObject({
      ...{ tone: 'offer', text: 'Errors rose.' },
      action: { label: 'Restore the version before' }
    })
    toast!.action!.run()
    expect(backend.calls).toEqual([{ name: 'plan.make', args: OFFER }])
  })

  test('keeps quiet about an offer of long ago', () => {
    push(rise(1, { atMs: NOW_MS - 120_001 }))
    expect(shown()).toEqual([])
  })

  test('keeps quiet about an offer that another configuration has outdated', () => {
    push(rise(1), anEvent(2, { kind: 'config', atMs: NOW_MS }))
    expect(shown()).toEqual([])
  })

  test('takes an offer back when the configuration changes, and for nothing else', () => {
    push(rise(1))
    push(anEvent(2, { kind: 'backend_down', atMs: NOW_MS }))
    expect(shown()).toEqual(['Errors rose.'])
    push(anEvent(3, { kind: 'config', atMs: NOW_MS }))
    expect(shown()).toEqual([])
  })

  test('shows the newest of several', () => {
    push(rise(1, { text: 'One.' }))
    push(rise(2, { text: 'Two.' }))
    expect(shown()).toEqual(['Two.'])
  })

  test('hears nothing after its end', () => {
    end()
    push(rise(1))
    expect(shown()).toEqual([])
  })
})

test('a button says what it restores', () => {
  expect(offerLabel(OFFER)).toBe('Restore the version before')
  expect(offerLabel({ kind: 'restart_engine' })).toBe('See the plan')
})
