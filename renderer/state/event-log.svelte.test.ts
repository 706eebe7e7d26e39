/** The event log: in order, each once, bounded, and continued where it broke off. */
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { anEvent } from '../testing/live-payloads.ts'
import { ScriptedBackend } from '../testing/scripted-backend.ts'
import { EventLog, MAX_EVENTS } from './event-log.svelte.ts'

let backend: ScriptedBackend
let log: EventLog

beforeEach(() => {
  backend = new ScriptedBackend()
  log = new EventLog(backend)
  log.follow()
})

const range = (from: number, to: number): ReturnType<typeof anEvent>[] =>
  Array.from({ length: to - from + 1 }, (_, index) => anEvent(from + index))

describe('EventLog', () => {
  test('keeps events oldest first and tells each batch once', () => {
    const heard = vi.fn()
    const stop = log.onEvents(heard)
    backend.push('events', { events: range(1, 2), gap: null })
    backend.push('events', { events: range(2, 3), gap: null })
    expect(log.list.map(({ seq }) => seq)).toEqual([1, 2, 3])
    expect(
      heard.mock.calls.map(([events]) => (events as { seq: number }[]).map(({ seq }) => seq))
    ).toEqual([[1, 2], [3]])
    stop()
    backend.push('events', { events: range(4, 4), gap: null })
    expect(heard).toHaveBeenCalledTimes(2)
    expect(log.find(4)?.seq).toBe(4)
    expect(log.find(5)).toBeNull()
  })

  test('goes on after the last event when it is followed again', () => {
    backend.push('events', { events: range(1, 7), gap: null })
    log.unfollow()
    expect(backend.topics).toEqual([])
    log.follow()
    log.follow()
    expect(backend.argumentsOf('events')).toEqual([{ since: 7 }])
  })

  test('keeps no more than a thousand', () => {
    for (let from = 1; from <= 1101; from += 100) {
      backend.push('events', { events: range(from, from + 99), gap: null })
    }
    expect(log.list).toHaveLength(MAX_EVENTS)
    expect(log.list.at(-1)?.seq).toBe(1200)
  })

  test('remembers what the host no longer had', () => {
    backend.push('events', { events: [], gap: { from: 1, to: 40 } })
    expect(log.gap).toEqual({ from: 1, to: 40 })
    expect(log.list).toEqual([])
  })
})
