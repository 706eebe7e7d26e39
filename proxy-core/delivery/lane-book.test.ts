/** Contract: a search takes an entry of a key only when it has seen everything before it. */
import { expect, test } from 'vitest'
import type { PendingEntry } from '../store/request-store.ts'
import { LaneBook } from './lane-book.ts'

const LIMITS = { atHand: 10, ofKey: 2, lanes: 10 }

/** Of key 1. */
function entry(seq: number, keyHash = 1): PendingEntry {
  return { seq, keyHash, routeHash: 7, expiresAtMs: Infinity, bytes: 1 }
}

function bookOf(...seqs: readonly number[]): LaneBook {
  const book = new LaneBook(LIMITS)
  for (const seq of seqs) book.offer(entry(seq))
  return book
}

/** Settles what is at hand of key 1; returns the seqs. */
function drained(book: LaneBook): readonly number[] {
  const seqs: number[] = []
  for (let lane = book.begin(); lane !== undefined; lane = book.begin()) {
    seqs.push(lane.first!.seq)
    book.finish(lane)
  }
  return seqs
}

test('what does not fit is passed over, and found by a search that begins before it', () => {
  const book = bookOf(1, 2, 3, 4)
  expect(drained(book)).toEqual([1, 2])
  expect(book.searchFrom).toBe(2)
  book.beginSearch()
  for (const seq of [3, 4]) book.offerAgain(entry(seq), 2)
  expect(drained(book)).toEqual([3, 4])
  expect(book.size).toBe(0)
})

test('a search that begins behind what was passed over takes nothing', () => {
  const book = bookOf(1, 2, 3, 4)
  expect(drained(book)).toEqual([1, 2])
  book.beginSearch()
  book.offerAgain(entry(4), 3)
  expect(drained(book)).toEqual([])
})

test('what a wait gives up is not overtaken by a search that was past it', () => {
  const book = bookOf(1, 2, 3)
  const lane = book.begin()!
  book.beginSearch()
  book.wait(lane, Infinity)
  book.poolChanged()
  book.offerAgain(entry(3), 0)
  expect(drained(book)).toEqual([1])
  expect(book.searchFrom).toBe(1)
  book.beginSearch()
  for (const seq of [2, 3]) book.offerAgain(entry(seq), 1)
  expect(drained(book)).toEqual([2, 3])
})

test('the end of a search forgets only what it would have seen', () => {
  const book = bookOf(1, 2, 3)
  book.beginSearch()
  expect(drained(book)).toEqual([1, 2])
  // This one began behind it.
  book.endSearch(5)
  expect(book.searchFrom).toBe(2)
  // In this one it could not be taken.
  const other = bookOf(1, 2, 3)
  other.beginSearch()
  other.offerAgain(entry(3), 0)
  expect(drained(other)).toEqual([1, 2])
  other.endSearch(0)
  expect(other.searchFrom).toBe(2)
  // This one has seen that it is gone.
  other.beginSearch()
  other.endSearch(2)
  expect(other.size).toBe(0)
})

test('an entry without a key has a lane of its own', () => {
  const book = new LaneBook(LIMITS)
  for (const seq of [1, 2, 3]) book.offer(entry(seq, 0))
  expect(book.size).toBe(3)
  const first = book.begin()!
  book.wait(first, 5)
  expect(drained(book)).toEqual([2, 3])
  book.wake(4)
  expect(book.begin()).toBeUndefined()
  book.wake(5)
  expect(drained(book)).toEqual([1])
})

test('nothing is taken beyond the limits', () => {
  const book = new LaneBook({ ...LIMITS, lanes: 2 })
  expect(book.offer(entry(1, 0))).toBe(true)
  expect(book.offer(entry(2, 5))).toBe(true)
  expect(book.room).toBe(0)
  expect(book.offer(entry(3, 6))).toBe(false)
  // Of a key that is known there may be more.
  expect(book.offer(entry(4, 5))).toBe(true)
})
