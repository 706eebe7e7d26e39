/** The console's state as a whole: what is subscribed to when, and how its parts are tied. */
import { flushSync } from 'svelte'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import {
  aFleet,
  anEngine,
  anEvent,
  aVerdict,
  aChannel,
  aWorkspace,
  someNumbers
} from '../testing/live-payloads.ts'
import { ManualPage, NOW_MS } from '../testing/manual-page.ts'
import { ScriptedBackend } from '../testing/scripted-backend.ts'
import { ConsoleState } from './console-state.svelte.ts'
import { DEFAULT_PREFERENCES } from './default-preferences.ts'

const VISIBLE = [
  ...['events', 'fleet', 'incidents', 'notifications', 'numbers', 'preferences', 'verdict'],
  'workspace'
]

let page: ManualPage
let backend: ScriptedBackend
let console: ConsoleState
let stop: () => void

function begin(hash = ''): void {
  page = new ManualPage(hash)
  backend = new ScriptedBackend()
  console = new ConsoleState(backend, page)
  stop = console.start()
  flushSync()
}

beforeEach(() => begin())
afterEach(() => stop())

describe('ConsoleState', () => {
  test('follows everything while the window is visible, the verdict alone while it is hidden', () => {
    expect(backend.topics).toEqual(VISIBLE)
    page.setHidden(true)
    expect(backend.topics).toEqual(['verdict'])
    expect(page.timerCount).toBe(0)
    expect(page.frameCount).toBe(0)
    backend.push('verdict', aVerdict({ status: 'down', short: 'api' }))
    expect(console.live.verdict?.status).toBe('down')
    page.setHidden(false)
    expect(backend.topics).toEqual(VISIBLE)
  })

  test('collects traffic only while a screen shows it and the window is visible', () => {
    const end = console.traffic.view()
    const endOther = console.traffic.view()
    expect(backend.topics).toContain('traffic')
    page.setHidden(true)
    expect(backend.topics).not.toContain('traffic')
    page.setHidden(false)
    expect(backend.topics).toContain('traffic')
    end()
    end()
    expect(backend.topics).toContain('traffic')
    endOther()
    expect(backend.topics).not.toContain('traffic')
  })

  test('takes what the host pushes', () => {
    backend.push('workspace', aWorkspace())
    backend.push('incidents', { open: [], recent: [] })
    backend.push('notifications', { channels: [aChannel()] })
    backend.push('preferences', { ...DEFAULT_PREFERENCES, theme: 'light' })
    expect(console.workspace?.name).toBe('edge.yaml')
    expect(console.incidents?.open).toEqual([])
    expect(console.notifications?.channels).toHaveLength(1)
    expect(console.preferences.theme).toBe('light')
  })

  test('tells a lost connection and its return', () => {
    backend.connect({ kind: 'reconnecting', attempt: 3, reason: 'The host has gone.' })
    expect(console.live.liveness).toMatchObject({ word: 'RECONNECTING', attempt: 3 })
    backend.connect({ kind: 'open' })
    expect(console.live.liveness.word).toBe('IDLE')
  })

  test('pauses, and shows the newest at once when it goes on', () => {
    backend.push('fleet', aFleet())
    backend.push('numbers', someNumbers())
    page.paint()
    console.togglePause()
    expect(console.isPaused).toBe(true)
    backend.push('fleet', aFleet({ revision: 2 }))
    page.paint()
    expect(console.live.fleet?.revision).toBe(1)
    console.togglePause()
    page.paint()
    expect(console.live.fleet?.revision).toBe(2)
  })

  test('goes to a moment of the past and back to live', () => {
    console.lookAt(NOW_MS - 1000)
    expect(console.live.viewAtMs).toBe(NOW_MS - 1000)
    expect(page.hash()).toContain('at=2026-11-21T02:18:20.000Z')
    console.togglePause()
    console.backToLive()
    expect(console.live.viewAtMs).toBeNull()
    expect(console.isPaused).toBe(false)
  })

  test('selects what a link names', () => {
    stop()
    begin('/pools/api/backends/10.0.0.1:80')
    expect(console.selection.backend).toMatchObject({ pool: 'api', backend: '10.0.0.1:80' })
    page.visit('/incidents/4')
    flushSync()
    expect(console.selection.current).toEqual({ kind: 'incident', id: 4 })
  })

  test('keeps an event of the incident that the address names, also at another moment', () => {
    backend.push('events', { events: [anEvent(7, { incidentId: 4 })], gap: null })
    console.router.go('incidents', { incidentId: 4 })
    console.selection.select({ kind: 'event', seq: 7 })
    flushSync()
    expect(console.selection.current).toEqual({ kind: 'event', seq: 7 })
    console.lookAt(Date.UTC(2026, 10, 21))
    flushSync()
    expect(console.selection.current).toEqual({ kind: 'event', seq: 7 })
    console.router.go('incidents', { incidentId: 5 })
    flushSync()
    expect(console.selection.current).toEqual({ kind: 'incident', id: 5 })
  })

  test('puts a selection on Pools into the address, and takes it out again', () => {
    console.selection.select({ kind: 'pool', pool: 'api' })
    flushSync()
    expect(page.hash()).toBe('')
    console.router.go('pools')
    flushSync()
    expect(page.hash()).toBe('/pools/api')
    console.selection.select({ kind: 'backend', pool: 'api', backend: '10.0.0.2:80' })
    flushSync()
    expect(page.hash()).toBe('/pools/api/backends/10.0.0.2:80')
    console.selection.clear()
    flushSync()
    expect(page.hash()).toBe('/pools')
    expect(console.selection.current).toBeNull()
  })

  test('reads the samples of another engine from the beginning', () => {
    const end = console.traffic.view()
    backend.push('fleet', aFleet())
    backend.push('fleet', aFleet({ engine: anEngine({ pid: 101 }) }))
    page.setHidden(true)
    page.setHidden(false)
    expect(backend.argumentsOf('traffic')).toEqual([{ since: 0 }])
    end()
  })

  test('changes preferences through the host and tells a refusal', async () => {
    backend.answers['preferences.change'] = () => ({ ...DEFAULT_PREFERENCES, theme: 'dark' })
    await console.changePreferences({ theme: 'dark' })
    expect(console.preferences.theme).toBe('dark')
    backend.answers['preferences.change'] = () => {
      throw new SwitchyardError('SETTINGS_INVALID', 'The file is damaged.')
    }
    await console.changePreferences({ theme: 'light' })
    expect(console.preferences.theme).toBe('dark')
    expect(console.toasts.list[0]?.code).toBe('SETTINGS_INVALID')
  })

  test('leaves nothing behind when it stops', () => {
    console.toasts.done('a')
    stop()
    expect(backend.topics).toEqual([])
    expect(page.timerCount).toBe(0)
    expect(page.listenerCount).toBe(0)
  })
})
