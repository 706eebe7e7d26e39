/** Contract: the operator's word on a backend outlives the backend, until it is taken back. */
import { expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import type { BackendSettings } from '../model/settings.ts'
import { Backend } from '../pool/backend.ts'
import { OverlayBook } from './overlay-book.ts'

function backend(pool = 'main', address = 'a:80'): Backend {
  const settings: BackendSettings = {
    address,
    host: 'a',
    port: 80,
    weight: 10,
    region: null,
    level: 0,
    maxConnections: 0,
    slowStartMs: 0,
    healthCheck: null
  }
  return new Backend(settings, {
    pool,
    clock: new ManualClock(),
    emit: () => undefined,
    changed: () => undefined
  })
}

test('a backend that comes back is as it was left', () => {
  const book = new OverlayBook()
  const first = backend()
  first.setAdminState('maint', 'disk')
  first.setWeight(3, 'slow')
  book.record(first, 'disk')
  const again = backend()
  book.applyTo(again)
  expect([again.adminState, again.adminReason, again.weight]).toEqual(['maint', 'disk', 3])
})

test('what is said of one backend is not applied to another of a similar name', () => {
  const book = new OverlayBook()
  const first = backend('a', 'b:80')
  first.setAdminState('drain', 'test')
  book.record(first, 'test')
  for (const other of [backend('a', 'b:8'), backend('', 'ab:80'), backend('b:80', 'a')]) {
    book.applyTo(other)
    expect(other.adminState).toBe('ready')
  }
})

test('ready at the configured weight is nothing to keep', () => {
  const book = new OverlayBook()
  const one = backend()
  one.setAdminState('drain', 'test')
  book.record(one, 'test')
  expect(book.entries().backends).toHaveLength(1)
  one.setAdminState('ready', 'done')
  book.record(one, 'done')
  expect(book.entries().backends).toEqual([])
})

test('a live weight is kept also when it equals the configured one', () => {
  const book = new OverlayBook()
  const one = backend()
  one.setWeight(10, 'fixed')
  book.record(one, 'fixed')
  expect(book.entries().backends).toMatchObject([{ weight: 10, adminState: 'ready' }])
  one.setWeight(null, 'as configured')
  book.record(one, 'as configured')
  expect(book.entries().backends).toEqual([])
})

test('the latch of a failover is kept by pool until it is released', () => {
  const book = new OverlayBook()
  const latch = { level: 1, isForced: false, reason: 'move of the rack' }
  book.recordLatch('api', latch)
  expect(book.entries().latches).toEqual([{ pool: 'api', ...latch }])
  const next = new OverlayBook()
  next.load(book.entries())
  expect(next.latchOf('api')).toMatchObject(latch)
  expect(next.latchOf('web')).toBeNull()
  next.recordLatch('api', null)
  expect(next.entries().latches).toEqual([])
})

test('what a restart loads is what was kept', () => {
  const book = new OverlayBook()
  const one = backend()
  one.setAdminState('maint', 'disk')
  book.record(one, 'disk')
  const next = new OverlayBook()
  next.load(book.entries())
  expect(next.entries()).toEqual(book.entries())
  const again = backend()
  next.applyTo(again)
  expect(again.adminState).toBe('maint')
})
