/** Contract: a store that cannot be opened is told once and tried again, until there is no use in it. */
import { expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { MemoryStore } from '../delivery/testing/memory-store.ts'
import { DEFAULT_STORE } from '../model/default-store.ts'
import type { EngineEventBody } from '../model/engine-event.ts'
import { SwitchyardError } from '../model/error-catalogue.ts'
import type { RequestStore } from '../store/request-store.ts'
import { EngineContext } from './engine-context.ts'
import { StoreKeeper, type OpenStore } from './store-keeper.ts'
import { storeRestartReason } from './store-settings-change.ts'

const SETTINGS = { ...DEFAULT_STORE, directory: '/buffer' }
const LOCKED = new SwitchyardError('BUFFER_LOCKED', 'Process 7 has it.')

interface Kept {
  readonly clock: ManualClock
  readonly events: EngineEventBody[]
  readonly opened: RequestStore[]
  readonly keeper: StoreKeeper
}

function keeping(open: OpenStore): Kept {
  const clock = new ManualClock()
  const events: EngineEventBody[] = []
  const opened: RequestStore[] = []
  const context = new EngineContext(clock, Math.random, (event) => events.push(event))
  return {
    clock,
    events,
    opened,
    keeper: new StoreKeeper(context, open, (one) => opened.push(one))
  }
}

test('it is opened with what the configuration says', async () => {
  const asked: unknown[] = []
  const { keeper, opened } = keeping((options) => {
    asked.push(options)
    return Promise.resolve(new MemoryStore())
  })
  await keeper.open({ ...SETTINGS, fsyncCount: 9 })
  expect(opened.length).toBe(1)
  expect(asked).toMatchObject([
    { directory: '/buffer', maxBytes: 1e9, fsyncIntervalMs: 5, fsyncEveryCount: 9 }
  ])
})

test('a failure is told once, with its code, however often it is tried', async () => {
  let tries = 0
  const { keeper, opened, events, clock } = keeping(() =>
    ++tries < 4 ? Promise.reject(LOCKED) : Promise.resolve(new MemoryStore())
  )
  await keeper.open(SETTINGS)
  await clock.advanceAsync(4000)
  expect([tries, opened.length]).toEqual([3, 0])
  expect(events).toEqual([{ kind: 'fault', code: 'BUFFER_LOCKED', reason: 'Process 7 has it.' }])
  await clock.advanceAsync(2000)
  expect(opened.length).toBe(1)
  expect(clock.pendingCount).toBe(0)
})

test('after the end nothing is tried, and what comes late is closed', async () => {
  const late = Promise.withResolvers<RequestStore>()
  const answers = [Promise.reject(LOCKED), late.promise]
  const { keeper, opened, clock } = keeping(() => answers.shift()!)
  await keeper.open(SETTINGS)
  await clock.advanceAsync(2000)
  keeper.close()
  const store = new MemoryStore()
  late.resolve(store)
  await ManualClock.flush()
  expect(opened).toEqual([])
  await expect(store.append({} as never)).rejects.toMatchObject({ kind: 'closing' })

  const failing = Promise.withResolvers<RequestStore>()
  const other = keeping(() => failing.promise)
  const opening = other.keeper.open(SETTINGS)
  other.keeper.close()
  failing.reject(LOCKED)
  await opening
  expect(other.clock.pendingCount).toBe(0)
})

test('what the store says of its disk is an event', async () => {
  const { keeper, events } = keeping(({ report }) => {
    report({ kind: 'torn_tail', file: 'a', message: 'The end was torn.' })
    report({ kind: 'disk_failed', file: '', message: 'EIO.' })
    return Promise.resolve(new MemoryStore())
  })
  await keeper.open(SETTINGS)
  expect(events).toEqual([
    { kind: 'store', outcome: 'repaired', route: null, count: 1, reason: 'The end was torn' },
    { kind: 'store', outcome: 'disk_failed', route: null, count: 1, reason: 'EIO' }
  ])
})

test.each([
  [{ directory: '/other' }, 'directory'],
  [{ maxBytes: 1 }, 'max_size'],
  [{ fsyncIntervalMs: 1 }, 'fsync_interval'],
  [{ fsyncCount: 1 }, 'fsync_count'],
  [{ keepStatusMs: 1 }, 'keep_status']
])('%j needs a restart', (change, name) => {
  expect(storeRestartReason(SETTINGS, { ...SETTINGS, ...change })).toContain(`buffer.${name}`)
})

test('other changes need none, and neither does the first buffer', () => {
  const next = { ...SETTINGS, whenFull: 'block', blockTimeoutMs: 1 } as const
  expect(storeRestartReason(SETTINGS, next)).toBeNull()
  expect(storeRestartReason(null, SETTINGS)).toBeNull()
  expect(storeRestartReason(SETTINGS, null)).toContain('cannot be taken out')
})
