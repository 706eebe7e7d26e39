/** The book of operations: one change happens once, however often it is asked for. */
import { beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { OPERATION_LIFETIME_MS, OperationBook, type Operation } from './operation-book.ts'

let clock: ManualClock
let runs: number

beforeEach(() => {
  clock = new ManualClock()
  runs = 0
})

function operation(id: string, args: unknown = {}): Operation {
  return { id, method: 'demo.start', args }
}

function counted(): Promise<unknown> {
  runs++
  return Promise.resolve(runs)
}

describe('OperationBook', () => {
  test('answers a repeat with the first result', async () => {
    const book = new OperationBook(clock)
    expect(await book.run(operation('a'), counted)).toBe(1)
    expect(await book.run(operation('a'), counted)).toBe(1)
    expect(await book.run(operation('b'), counted)).toBe(2)
  })

  test('lets a repeat wait for the first while that still runs', async () => {
    const book = new OperationBook(clock)
    const { promise, resolve } = Promise.withResolvers<string>()
    const first = book.run(operation('a'), () => promise)
    const second = book.run(operation('a'), counted)
    resolve('done')
    expect(await Promise.all([first, second])).toEqual(['done', 'done'])
    expect(runs).toBe(0)
  })

  test('answers a repeat of a failed one with the same failure', async () => {
    const book = new OperationBook(clock)
    const fail = (): Promise<never> => Promise.reject(new Error('no'))
    await expect(book.run(operation('a'), fail)).rejects.toThrow('no')
    await expect(book.run(operation('a'), counted)).rejects.toThrow('no')
    expect(runs).toBe(0)
  })

  test.each([
    ['arguments', operation('a', { other: true })],
    ['method', { ...operation('a'), method: 'demo.stop' }]
  ])('refuses a known id with another %s', async (_what, other) => {
    const book = new OperationBook(clock)
    await book.run(operation('a'), counted)
    await expect(book.run(other, counted)).rejects.toMatchObject({ code: 'OPERATION_ID_REQUIRED' })
    expect(runs).toBe(1)
  })

  test('remembers for ten minutes after the end, not after the beginning', async () => {
    const book = new OperationBook(clock)
    const { promise, resolve } = Promise.withResolvers<string>()
    const first = book.run(operation('a'), () => promise)
    clock.advance(2 * OPERATION_LIFETIME_MS)
    resolve('done')
    await first
    clock.advance(OPERATION_LIFETIME_MS - 1)
    expect(await book.run(operation('a'), counted)).toBe('done')
    clock.advance(1)
    expect(await book.run(operation('a'), counted)).toBe(1)
    expect(book.size).toBe(1)
  })

  test('gives up the oldest results beyond its limit, and never makes their change again', async () => {
    const book = new OperationBook(clock, { maxResultCharacters: 25 })
    for (const id of ['a', 'b', 'c']) await book.run(operation(id), async () => 'x'.repeat(8))
    await expect(book.run(operation('a'), counted)).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN'
    })
    expect(await book.run(operation('b'), counted)).toBe('xxxxxxxx')
    expect(runs).toBe(0)
  })

  test('refuses one operation more than it can remember, until the oldest are over', async () => {
    const book = new OperationBook(clock, { maxOperations: 2 })
    await book.run(operation('a'), counted)
    await book.run(operation('b'), counted)
    await expect(book.run(operation('c'), counted)).rejects.toMatchObject({
      code: 'TOO_MANY_CALLS'
    })
    expect(await book.run(operation('a'), counted)).toBe(1)
    clock.advance(OPERATION_LIFETIME_MS)
    expect(await book.run(operation('c'), counted)).toBe(3)
  })
})
