/** Contract: rows keep their places until the operator asks, and nothing sick goes unsaid. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { LiveBackend, LivePool } from '../../../preload/contract/live-state.ts'
import type { TrafficRow } from '../../../proxy-core/model/traffic-row.ts'
import { ConsoleState } from '../../state/console-state.svelte.ts'
import { aBackend, aFleet, aPool, aRow, someNumbers } from '../../testing/live-payloads.ts'
import { ManualPage } from '../../testing/manual-page.ts'
import { ScriptedBackend } from '../../testing/scripted-backend.ts'
import { PoolsView } from './pools-view.svelte.ts'
import { DOWN } from './testing/live-pools.ts'

let page: ManualPage
let host: ScriptedBackend
let console: ConsoleState
let view: PoolsView
let revision: number

beforeEach(() => {
  page = new ManualPage()
  host = new ScriptedBackend()
  console = new ConsoleState(host, page)
  view = new PoolsView(console)
  revision = 0
  return console.start()
})

function show(pools: readonly LivePool[], rates: readonly (readonly TrafficRow[])[] = []): void {
  revision++
  page.advance(500)
  host.push('fleet', aFleet({ revision, pools: [...pools] }))
  host.push(
    'numbers',
    someNumbers({
      revision,
      atMs: page.now(),
      pools: pools.map((pool, at) => ({
        ...{ row: aRow(), hold: null },
        backends: pool.backends.map((_, index) => rates[at]?.[index] ?? aRow())
      }))
    })
  )
  page.paint()
}

const api = (...backends: LiveBackend[]): LivePool => aPool('api', backends)
const keys = (): readonly string[] => view.lines.map(({ key }) => key.replace('\n', '/'))

describe('the order', () => {
  test('is by severity at first, and stays when states change', () => {
    show([api(aBackend('a'), aBackend('b', DOWN))])
    expect(keys()).toEqual(['api', 'api/b', 'api/a'])
    show([api(aBackend('a', DOWN), aBackend('b'))])
    expect(keys()).toEqual(['api', 'api/b', 'api/a'])
    view.sortAgain()
    expect(keys()).toEqual(['api', 'api/a', 'api/b'])
  })

  test('by a number stays while the numbers change, until it is asked for again', () => {
    const pools = [api(aBackend('a'), aBackend('b'))]
    show(pools, [[aRow({ rps: 1 }), aRow({ rps: 5 })]])
    view.sortBy('rps')
    expect(keys()).toEqual(['api', 'api/b', 'api/a'])
    show(pools, [[aRow({ rps: 9 }), aRow({ rps: 5 })]])
    expect(keys()).toEqual(['api', 'api/b', 'api/a'])
    view.sortAgain()
    expect(keys()).toEqual(['api', 'api/a', 'api/b'])
    view.sortBy('rps')
    expect(view.sorting.direction).toBe('ascending')
    expect(keys()).toEqual(['api', 'api/b', 'api/a'])
  })

  test('takes in a new backend beside its neighbour', () => {
    show([api(aBackend('a'), aBackend('b', DOWN))])
    show([api(aBackend('a'), aBackend('n'), aBackend('b', DOWN))])
    expect(keys()).toEqual(['api', 'api/b', 'api/a', 'api/n'])
  })
})

describe('only problems', () => {
  test('keeps what has recovered meanwhile, and says so', () => {
    show([api(aBackend('a'), aBackend('b', DOWN))])
    console.shell.isOnlyProblems = true
    expect(keys()).toEqual(['api', 'api/b'])
    show([api(aBackend('a'), aBackend('b'))])
    expect(keys()).toEqual(['api', 'api/b'])
    expect(view.recovered).toBe(1)
    expect(view.problemCount).toBe(0)
  })

  test('keeps the recovered also when another one fails', () => {
    show([api(aBackend('a'), aBackend('b', DOWN))])
    console.shell.isOnlyProblems = true
    expect(keys()).toEqual(['api', 'api/b'])
    show([api(aBackend('a', DOWN), aBackend('b'))])
    expect(keys()).toEqual(['api', 'api/b', 'api/a'])
    expect(view.recovered).toBe(1)
  })

  test('begins anew when it is switched on again', () => {
    show([api(aBackend('a'), aBackend('b', DOWN))])
    console.shell.isOnlyProblems = true
    expect(keys()).toHaveLength(2)
    show([api(aBackend('a'), aBackend('b'))])
    console.shell.isOnlyProblems = false
    expect(keys()).toHaveLength(3)
    console.shell.isOnlyProblems = true
    expect(keys()).toEqual([])
  })

  test('are counted where the filter hides them', () => {
    show([api(aBackend('a'), aBackend('b', DOWN))])
    expect(view.hiddenProblems).toBe(0)
    console.shell.setFilter('pools', 'healthy')
    expect(keys()).toEqual(['api', 'api/a'])
    expect(view.hiddenProblems).toBe(1)
  })
})

describe('the marked line', () => {
  beforeEach(() => show([api(aBackend('a'), aBackend('b')), aPool('web', [aBackend('w')])]))

  test('moves over pools and backends and stays within the table', () => {
    view.move(1)
    expect(view.cursor).toBe('api')
    view.move(3)
    expect(view.cursor).toBe('web')
    view.move(99)
    expect(view.cursor).toBe('web\nw')
  })

  test('goes out to its pool, folds it, and comes back in', () => {
    view.move(2)
    view.moveOut()
    expect(view.cursor).toBe('api')
    view.moveOut()
    expect(keys()).toEqual(['api', 'web', 'web/w'])
    view.moveIn()
    expect(view.isCollapsed('api')).toBe(false)
    view.moveIn()
    expect(view.cursor).toBe('api\na')
  })

  test('goes to the pool when its backend folds away', () => {
    view.move(2)
    view.toggle('api')
    expect(view.cursor).toBe('api')
  })

  test('is what the inspector shows', () => {
    view.inspect()
    expect(console.selection.current).toBeNull()
    view.move(1)
    view.inspect()
    expect(console.selection.current).toEqual({ kind: 'pool', pool: 'api' })
    view.move(1)
    view.inspect()
    expect(console.selection.current).toEqual({ kind: 'backend', pool: 'api', backend: 'a' })
    expect(console.shell.isInspectorOpen).toBe(true)
  })
})
