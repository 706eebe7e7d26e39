/**
 * The river's layout: every thing of the configuration has one place, nothing overlaps, values
 * move nothing, and each edge ends where its node is.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LivePool } from '../../../preload/contract/live-state.ts'
import { aBackend, aFleet, aPool } from '../../testing/live-payloads.ts'
import {
  inRiverOrder,
  NODE_HEIGHT_PX,
  riverId,
  riverLayout,
  riverThings,
  type RiverLayout
} from './river-layout.ts'

const LISTENERS = ['web', 'secure', 'admin'].map((name, at) => ({
  name,
  address: `127.0.0.1:${8080 + at}`,
  scheme: 'http' as const,
  isOpen: true
}))

const STANDBY_POOL = aPool('api', [
  aBackend('10.0.1.1:80', { level: 1 }),
  aBackend('10.0.0.1:80'),
  aBackend('10.0.0.2:80')
])

function layoutOf(pools: readonly LivePool[], listeners = 1, width = 1340): RiverLayout {
  const shape = aFleet({ listeners: LISTENERS.slice(0, listeners), pools: [...pools] })
  return riverLayout(shape, width, 360)
}

const nodeOf = (layout: RiverLayout, id: string): RiverLayout['nodes'][number] =>
  layout.nodes.find((node) => node.id === id)!

describe('the columns', () => {
  test('are three without a standby and four with one', () => {
    expect(layoutOf([aPool('web', [aBackend('a:1')])]).columns.map(({ title }) => title)).toEqual([
      'Listeners',
      'Pools',
      'Backends'
    ])
    expect(layoutOf([STANDBY_POOL]).columns.at(-1)!.title).toBe('Standby')
  })

  test('reach from edge to edge in a wide window', () => {
    const { columns } = layoutOf([STANDBY_POOL])
    expect(columns[0]!.x).toBe(0)
    const last = columns.at(-1)!
    expect(last.x + last.width).toBe(1340)
  })

  test('are narrower in a narrow window', () => {
    const narrow = layoutOf([STANDBY_POOL], 1, 800).columns[1]!.width
    expect(narrow).toBeLessThan(layoutOf([STANDBY_POOL]).columns[1]!.width)
  })
})

describe('the nodes', () => {
  const fleets = fc.record({
    pools: fc.array(fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 12 }), {
      minLength: 1,
      maxLength: 6
    }),
    listeners: fc.integer({ min: 0, max: 3 }),
    width: fc.integer({ min: 600, max: 2400 })
  })

  test('never overlap, and lie inside the content', () => {
    fc.assert(
      fc.property(fleets, ({ pools, listeners, width }) => {
        const made = pools.map((levels, pool) =>
          aPool(
            `pool-${pool}`,
            levels.map((level, at) => aBackend(`10.${pool}.0.${at}:80`, { level }))
          )
        )
        const layout = layoutOf(made, listeners, width)
        for (const node of layout.nodes) {
          expect(node.y).toBeGreaterThanOrEqual(0)
          expect(node.y + NODE_HEIGHT_PX).toBeLessThanOrEqual(layout.heightPx)
        }
        for (const [at, one] of layout.nodes.entries()) {
          for (const other of layout.nodes.slice(at + 1)) {
            const isBeside = one.x !== other.x
            expect(isBeside || Math.abs(one.y - other.y) >= NODE_HEIGHT_PX).toBe(true)
          }
        }
      })
    )
  })

  test('are one for each thing of the configuration', () => {
    const layout = layoutOf([STANDBY_POOL, aPool('empty', [])], 2)
    expect(layout.nodes.map(({ id }) => id).sort()).toEqual(
      riverThings(
        aFleet({ listeners: LISTENERS.slice(0, 2), pools: [STANDBY_POOL, aPool('empty', [])] })
      )
        .map(riverId)
        .sort()
    )
  })

  test('have the standbys in their own column, below the primaries of their pool', () => {
    const layout = layoutOf([STANDBY_POOL])
    const standby = nodeOf(layout, 'backend\napi\n10.0.1.1:80')
    const primary = nodeOf(layout, 'backend\napi\n10.0.0.2:80')
    expect(standby.isStandby).toBe(true)
    expect(standby.x).toBeGreaterThan(primary.x)
    expect(standby.y).toBeGreaterThan(primary.y)
  })

  test('stay where they are when only states and values change', () => {
    const sick = {
      ...STANDBY_POOL,
      backends: STANDBY_POOL.backends.map((backend) => ({
        ...backend,
        status: 'down' as const,
        isEligible: false
      }))
    }
    expect(layoutOf([sick])).toEqual(layoutOf([STANDBY_POOL]))
  })

  test('of a pool far taller than the window are found without scrolling', () => {
    const tall = aPool(
      'tall',
      Array.from({ length: 60 }, (_, at) => aBackend(`10.0.0.${at}:80`))
    )
    const layout = layoutOf([tall])
    expect(layout.heightPx).toBeGreaterThan(2000)
    expect(nodeOf(layout, 'pool\ntall').y).toBeLessThan(360)
    expect(nodeOf(layout, 'listener\nweb').y).toBeLessThan(360)
  })
})

describe('the edges', () => {
  test('lead from each pool to each of its backends', () => {
    const layout = layoutOf([STANDBY_POOL])
    const node = nodeOf(layout, 'backend\napi\n10.0.0.1:80')
    const { points } = layout.edges.find(({ id }) => id === node.id)!.path
    const pool = nodeOf(layout, 'pool\napi')
    expect(points[0]).toBeCloseTo(pool.x + pool.width, 0)
    expect(points.at(-2)).toBeCloseTo(node.x, 0)
    expect(points.at(-1)).toBeCloseTo(node.y + NODE_HEIGHT_PX / 2, 0)
  })

  test('of one listener go straight to the pools, and carry the pools’ numbers', () => {
    const layout = layoutOf([STANDBY_POOL, aPool('web', [])], 1)
    expect(layout.edges.filter(({ thing }) => thing.kind === 'listener')).toEqual([])
    expect(layout.edges.filter(({ thing }) => thing.kind === 'pool')).toHaveLength(2)
  })

  test('of several listeners to several pools meet, because nobody counts by pair', () => {
    const layout = layoutOf([STANDBY_POOL, aPool('web', [])], 2)
    const ends = layout.edges
      .filter(({ thing }) => thing.kind === 'listener')
      .map(({ path }) => [...path.points.slice(-2)])
    const starts = layout.edges
      .filter(({ thing }) => thing.kind === 'pool')
      .map(({ path }) => [...path.points.slice(0, 2)])
    expect(new Set([...ends, ...starts].map(String)).size).toBe(1)
  })

  test('have no numbers where these would cover the bend', () => {
    const narrow = layoutOf([STANDBY_POOL], 1, 640).edges.filter(({ isStandby }) => !isStandby)
    expect(narrow.every(({ label }) => label === null)).toBe(true)
    expect(layoutOf([STANDBY_POOL]).edges.every(({ label }) => label !== null)).toBe(true)
  })

  test('are none without listeners and pools', () => {
    expect(layoutOf([], 0).edges).toEqual([])
  })
})

test('backends are ordered by level, then as configured', () => {
  const levels = [1, 0, 2, 0].map((level, at) => ({ level, at }))
  expect(inRiverOrder(levels).map(({ at }) => at)).toEqual([1, 3, 0, 2])
})
