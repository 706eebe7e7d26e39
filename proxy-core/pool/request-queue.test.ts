/** Contract: first in, first out, whoever leaves from wherever. */
import { expect, test } from 'vitest'
import { Exchange } from '../exchange/exchange.ts'
import { RequestQueue } from './request-queue.ts'

function filled(count: number): { queue: RequestQueue; exchanges: Exchange[] } {
  const queue = new RequestQueue()
  const exchanges = Array.from({ length: count }, () => new Exchange())
  for (const exchange of exchanges) queue.append(exchange)
  return { queue, exchanges }
}

/** Takes everything out from the front. */
function emptied(queue: RequestQueue): Exchange[] {
  const order: Exchange[] = []
  for (let first = queue.first; first !== null; first = queue.first) {
    queue.remove(first)
    order.push(first)
  }
  return order
}

test('keeps the order of arrival', () => {
  const { queue, exchanges } = filled(5)
  expect(queue.length).toBe(5)
  expect(exchanges.every(({ isQueued }) => isQueued)).toBe(true)
  expect(emptied(queue)).toEqual(exchanges)
  expect(queue.length).toBe(0)
  expect(exchanges.some(({ isQueued }) => isQueued)).toBe(false)
})

test.each([0, 2, 4])('closes the gap that number %i leaves', (gone) => {
  const { queue, exchanges } = filled(5)
  const left = exchanges[gone]!
  queue.remove(left)
  expect([left.isQueued, left.nextQueued, left.previousQueued]).toEqual([false, null, null])
  expect(emptied(queue)).toEqual(exchanges.filter((one) => one !== left))
})

test('can be filled again after it was empty', () => {
  const { queue } = filled(2)
  emptied(queue)
  const again = new Exchange()
  queue.append(again)
  expect(queue.first).toBe(again)
  expect(emptied(queue)).toEqual([again])
})
