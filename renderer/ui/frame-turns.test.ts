/** Charts take turns: one per frame, the newest picture of each, nothing after the end. */
import { expect, test } from 'vitest'
import { FrameTurns } from './frame-turns.ts'

function frames(): { turns: FrameTurns; run: () => void; pending: () => number } {
  const queue = new Map<number, () => void>()
  let last = 0
  const turns = new FrameTurns(
    (run) => {
      queue.set(++last, run)
      return last
    },
    (frame) => queue.delete(frame)
  )
  const run = (): void => {
    const due = [...queue.values()]
    queue.clear()
    for (const one of due) one()
  }
  return { turns, run, pending: () => queue.size }
}

test('each frame draws one owner, in the order in which they asked', () => {
  const { turns, run, pending } = frames()
  const drawn: string[] = []
  turns.take({}, () => drawn.push('a'))
  turns.take({}, () => drawn.push('b'))
  run()
  expect(drawn).toEqual(['a'])
  run()
  expect(drawn).toEqual(['a', 'b'])
  expect(pending()).toBe(0)
})

test('the newest picture of an owner replaces the one that waits', () => {
  const { turns, run } = frames()
  const owner = {}
  const drawn: number[] = []
  turns.take(owner, () => drawn.push(1))
  turns.take(owner, () => drawn.push(2))
  run()
  run()
  expect(drawn).toEqual([2])
})

test('an owner that left is not drawn, and the last one takes the frame with it', () => {
  const { turns, run, pending } = frames()
  const owner = {}
  const drawn: number[] = []
  turns.take(owner, () => drawn.push(1))
  turns.leave(owner)
  expect(pending()).toBe(0)
  run()
  expect(drawn).toEqual([])
})

test('a drawing that throws does not hold up the others', () => {
  const { turns, run } = frames()
  const drawn: string[] = []
  turns.take({}, () => {
    throw new Error('canvas lost')
  })
  turns.take({}, () => drawn.push('b'))
  expect(run).toThrow('canvas lost')
  run()
  expect(drawn).toEqual(['b'])
})
