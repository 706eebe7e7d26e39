/** Contract: what the operator said survives a restart, and a damaged file is kept, not lost. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { temporaryFolder } from '../../test/servers/temporary-folder.ts'
import {
  EMPTY_OVERLAY,
  type BackendOverlay,
  type EngineOverlay,
  type FailoverLatch
} from './engine-view.ts'
import { OverlayStore } from './overlay-store.ts'

const MAINT: BackendOverlay = {
  pool: 'api',
  backend: '10.0.0.1:80',
  adminState: 'maint',
  weight: null,
  reason: 'disk swap'
}
const LIGHT: BackendOverlay = { ...MAINT, adminState: 'ready', weight: 5, reason: 'canary' }
const LATCH: FailoverLatch = { pool: 'api', level: 1, isForced: false, reason: 'move of the rack' }

function of(...backends: readonly BackendOverlay[]): EngineOverlay {
  return { ...EMPTY_OVERLAY, backends }
}

let directory: string
let store: OverlayStore

beforeEach(() => {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  directory = join(folder.path, 'state')
  store = new OverlayStore(directory, new ManualClock())
})

test('without a file the overlay is empty and nothing is said', async () => {
  expect(await store.read()).toEqual({ overlay: EMPTY_OVERLAY, warning: null })
})

test('what was saved is read by the next store, from a folder and a file for the owner only', async () => {
  const overlay = { backends: [MAINT, LIGHT], latches: [LATCH] }
  await store.save(overlay)
  const next = new OverlayStore(directory, new ManualClock())
  expect(await next.read()).toEqual({ overlay, warning: null })
  expect(statSync(directory).mode & 0o777).toBe(0o700)
  expect(statSync(store.file).mode & 0o777).toBe(0o600)
  expect(readdirSync(directory)).toEqual(['overlay.json'])
})

test('saves at the same time end with the newest overlay, and each waits for it', async () => {
  const first = store.save(of(MAINT))
  const second = store.save(of())
  const third = store.save(of(LIGHT))
  await first
  await Promise.all([second, third])
  expect((await store.read()).overlay).toEqual(of(LIGHT))
})

test('a file of version 1, which knew no latches, keeps what it says of backends', async () => {
  mkdirSync(directory)
  writeFileSync(store.file, JSON.stringify({ version: 1, backends: [MAINT] }))
  expect(await store.read()).toEqual({ overlay: of(MAINT), warning: null })
  await store.save(of(MAINT))
  expect(JSON.parse(readFileSync(store.file, 'utf8'))).toMatchObject({ version: 2, latches: [] })
})

test.each([
  ['no JSON', '{"version":1,"back'],
  ['an unknown version', '{"version":3,"backends":[],"latches":[]}'],
  ['latches in version 1', '{"version":1,"backends":[],"latches":[]}'],
  ['a weight out of range', JSON.stringify({ version: 1, backends: [{ ...LIGHT, weight: 257 }] })],
  [
    'a state that does not exist',
    JSON.stringify({ version: 1, backends: [{ ...MAINT, adminState: 'gone' }] })
  ]
])('a file with %s is set aside under another name with its content', async (_, text) => {
  mkdirSync(directory)
  writeFileSync(store.file, text)
  const { overlay, warning } = await store.read()
  expect(overlay).toEqual(EMPTY_OVERLAY)
  const [aside] = readdirSync(directory)
  expect(aside).toMatch(/^overlay\.json\.damaged-2026-01-01T/)
  expect(warning).toContain(join(directory, aside!))
  expect(readFileSync(join(directory, aside!), 'utf8')).toBe(text)
  expect(await store.read()).toEqual({ overlay: EMPTY_OVERLAY, warning: null })
})

test('a folder that cannot be written is STATE_UNUSABLE, and the next save tries again', async () => {
  writeFileSync(directory, 'a file where the folder should be')
  await expect(store.save(of(MAINT))).rejects.toMatchObject({ code: 'STATE_UNUSABLE' })
  await expect(store.save(of(MAINT))).rejects.toThrow(store.file)
})

test('a file that cannot be read is STATE_UNUSABLE and stays where it is', async () => {
  mkdirSync(store.file, { recursive: true })
  await expect(store.read()).rejects.toMatchObject({ code: 'STATE_UNUSABLE' })
  expect(readdirSync(directory)).toEqual(['overlay.json'])
})
