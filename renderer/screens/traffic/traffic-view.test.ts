/** Contract: the list holds still while it is read, says what is newer, and loses nothing. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { TrafficSample } from '../../../proxy-core/model/traffic-sample.ts'
import { ConsoleState } from '../../state/console-state.svelte.ts'
import { DEFAULT_PREFERENCES } from '../../state/default-preferences.ts'
import { ManualPage } from '../../testing/manual-page.ts'
import { ScriptedBackend } from '../../testing/scripted-backend.ts'
import { aSample, anAttempt } from './testing/samples.ts'
import { TrafficView } from './traffic-view.svelte.ts'

let page: ManualPage
let host: ScriptedBackend
let console: ConsoleState
let view: TrafficView

beforeEach(() => {
  page = new ManualPage()
  host = new ScriptedBackend()
  console = new ConsoleState(host, page)
  view = new TrafficView(console)
  const end = console.start()
  const leave = console.traffic.view()
  return () => {
    leave()
    end()
  }
})

function arrive(...samples: Partial<TrafficSample>[]): void {
  host.push('traffic', {
    seen: samples.length,
    spanMs: 250,
    droppedNotable: 0,
    samples: samples.map((given) => aSample(given)),
    gap: null
  })
  page.paint()
}

const seqs = (): readonly number[] => view.rows.map(({ seq }) => seq)

describe('the list', () => {
  test('has the newest on top', () => {
    arrive({ seq: 1 }, { seq: 2 })
    arrive({ seq: 3 })
    expect(seqs()).toEqual([3, 2, 1])
  })

  test('shows what the filter finds, and everything where the filter is not understood', () => {
    arrive({ seq: 1, status: 503 }, { seq: 2 })
    view.filterText = 'status:5xx'
    expect(seqs()).toEqual([1])
    view.filterText = 'staus:5xx staus:5xx'
    expect(seqs()).toEqual([2, 1])
    expect(view.problems).toEqual(['There is no field “staus”. Did you mean status?'])
  })

  test('stands still while it is held, and counts the newer ones that match', () => {
    arrive({ seq: 1 })
    view.hold()
    arrive({ seq: 2 }, { seq: 3, status: 503 })
    expect(seqs()).toEqual([1])
    expect(view.newer).toBe(2)
    view.filterText = 'status:5xx'
    expect(view.newer).toBe(1)
    view.filterText = ''
    view.release()
    expect(seqs()).toEqual([3, 2, 1])
  })

  test('stands still while the operator paused, and goes on from there', () => {
    arrive({ seq: 1 })
    console.togglePause()
    arrive({ seq: 2 })
    expect(seqs()).toEqual([1])
    expect(view.newer).toBe(1)
    expect(view.isHeld).toBe(true)
    view.showNewest()
    page.paint()
    expect(console.isPaused).toBe(false)
    expect(seqs()).toEqual([2, 1])
    expect(view.isHeld).toBe(false)
  })
})

describe('the marked row', () => {
  test('begins at the top and stays within the list', () => {
    arrive({ seq: 1 }, { seq: 2 }, { seq: 3 })
    view.move(1)
    expect(view.cursor).toBe(3)
    view.move(1)
    expect(view.cursor).toBe(2)
    view.move(99)
    expect(view.cursor).toBe(1)
    view.move(-99)
    expect(view.cursor).toBe(3)
  })

  test('does not move away: marking holds the list', () => {
    arrive({ seq: 1 })
    view.move(1)
    arrive({ seq: 2 })
    expect(view.cursorIndex).toBe(0)
    expect(seqs()).toEqual([1])
  })

  test('is what the inspector shows', () => {
    arrive({ seq: 1 })
    view.inspect()
    expect(console.selection.current).toBeNull()
    view.move(1)
    view.inspect()
    expect(console.selection.current).toEqual({ kind: 'request', seq: 1 })
  })

  test('moves nowhere in an empty list', () => {
    view.move(1)
    expect(view.cursor).toBeNull()
  })
})

describe('the terms', () => {
  test('are toggled and removed', () => {
    view.toggleTerm('attempts:>1')
    view.toggleTerm('pool:api')
    expect(view.filterText).toBe('attempts:>1 pool:api')
    expect(view.hasTerm('pool:api')).toBe(true)
    view.toggleTerm('attempts:>1')
    expect(view.filterText).toBe('pool:api')
    view.remove(view.filter.terms[0]!)
    expect(view.filterText).toBe('')
  })

  test('find a failover by the backend that failed', () => {
    const failed = anAttempt({ backend: '10.0.0.2:80', status: null, failure: 'refused' })
    arrive({ seq: 1, attempts: [failed, anAttempt()] }, { seq: 2 })
    view.filterText = 'backend:10.0.0.2 attempts:>1'
    expect(seqs()).toEqual([1])
  })
})

describe('saving a filter', () => {
  beforeEach(() => {
    host.answers = {
      'preferences.change': (patch) => ({ ...console.preferences, ...patch }) as never
    }
  })

  test('keeps it under its own text', async () => {
    view.filterText = ' status:5xx '
    expect(view.saveRefusal).toBeNull()
    await view.save('')
    expect(console.preferences.savedFilters).toEqual([{ name: 'status:5xx', filter: 'status:5xx' }])
    expect(view.saveRefusal).toBe('This filter is saved already.')
    await view.forget('status:5xx')
    expect(console.preferences.savedFilters).toEqual([])
  })

  test('is refused with a reason', async () => {
    expect(view.saveRefusal).toBe('Write a filter first.')
    view.filterText = 'staus:5xx'
    expect(view.saveRefusal).toBe('Mend the filter first.')
    await view.save('')
    expect(host.calls).toEqual([])
    view.filterText = 'pool:api'
    const savedFilters = Array.from({ length: 20 }, (_, at) => ({ name: `${at}`, filter: `${at}` }))
    console.preferences = { ...DEFAULT_PREFERENCES, savedFilters }
    expect(view.saveRefusal).toContain('At most 20')
  })
})
