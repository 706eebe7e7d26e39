/** The one selection: equal things are one thing, and a backend belongs to its pool. */
import { describe, expect, test } from 'vitest'
import { Selection } from './selection.svelte.ts'

const BACKEND = { kind: 'backend', pool: 'api', backend: '10.0.0.1:80' } as const

describe('Selection', () => {
  test('keeps the same object when the same thing is selected again', () => {
    const selection = new Selection()
    selection.select(BACKEND)
    const first = selection.current
    selection.select({ backend: '10.0.0.1:80', pool: 'api', kind: 'backend' })
    expect(selection.current).toBe(first)
    expect(selection.is(BACKEND)).toBe(true)
    expect(selection.is({ ...BACKEND, pool: 'web' })).toBe(false)
  })

  test('names the pool of a selected backend, and no backend of a selected pool', () => {
    const selection = new Selection()
    expect(selection.pool).toBeNull()
    selection.select(BACKEND)
    expect(selection.pool).toBe('api')
    expect(selection.backend).toEqual(BACKEND)
    selection.select({ kind: 'pool', pool: 'web' })
    expect(selection.pool).toBe('web')
    expect(selection.backend).toBeNull()
    selection.select({ kind: 'event', seq: 3 })
    expect(selection.pool).toBeNull()
    selection.clear()
    expect(selection.current).toBeNull()
  })
})
