/** Hooks of screens: the newest offer wins, and an offer from an effect does not follow itself. */
import { flushSync } from 'svelte'
import { describe, expect, test, vi } from 'vitest'
import { HookBoard } from './screen-hooks.svelte.ts'

describe('HookBoard', () => {
  test('finds the newest offer that has the hook, until its end', () => {
    const board = new HookBoard()
    const [older, newer] = [vi.fn(), vi.fn()]
    board.offer({ move: older, open: older })
    const end = board.offer({ move: newer })
    board.find('move')?.(1)
    board.find('open')?.()
    expect(newer).toHaveBeenCalledWith(1)
    expect(older).toHaveBeenCalledTimes(1)
    end()
    end()
    board.find('move')?.(-1)
    expect(older).toHaveBeenCalledWith(-1)
    expect(board.find('review')).toBeUndefined()
  })

  test('can be offered and ended from an effect without running it again', () => {
    const board = new HookBoard()
    let runs = 0
    const stop = $effect.root(() => {
      $effect(() => {
        runs++
        return board.offer({ open: () => {} })
      })
    })
    flushSync()
    flushSync()
    expect(runs).toBe(1)
    expect(board.find('open')).toBeDefined()
    stop()
    expect(board.find('open')).toBeUndefined()
  })
})
