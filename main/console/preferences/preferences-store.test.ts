/**
 * Contract: preferences survive restarts and hand edits; nothing that an operator wrote into the
 * file is lost, and a change is there for everybody or for nobody.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Preferences } from '../../../preload/contract/preferences.ts'
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import { temporaryFolder } from '../../../test/servers/temporary-folder.ts'
import { DEFAULT_PREFERENCES } from './default-preferences.ts'
import { preferencesHandlers } from './preferences-handlers.ts'
import { PreferencesStore } from './preferences-store.ts'
import { openConfFile } from './settings-file.ts'

interface Place {
  readonly folder: string
  readonly file: string
  readonly problems: string[]
  open(): PreferencesStore
  /** The document on the disk. */
  read(): Record<string, unknown>
}

function place(content?: string): Place {
  const temporary = temporaryFolder()
  onTestFinished(() => temporary.remove())
  const folder = join(temporary.path, 'switchyard')
  const file = join(folder, 'switchyard-settings.json')
  const problems: string[] = []
  if (content !== undefined) {
    mkdirSync(folder)
    writeFileSync(file, content)
  }
  return {
    ...{ folder, file, problems },
    open: () =>
      new PreferencesStore({
        ...{ folder, clock: new ManualClock() },
        onProblem: (message) => problems.push(message)
      }),
    read: () => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  }
}

test('without a file there are the defaults, and no file until something is changed', () => {
  const { open, folder, file, problems } = place()
  const store = open()
  expect(store.current).toEqual(DEFAULT_PREFERENCES)
  expect(store.path).toBe(file)
  expect(problems).toEqual([])
  store.change({ theme: 'dark' })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual(['switchyard-settings.json'])
})

test('a change is kept for the next start, and what is absent from it stays', () => {
  const { open, read } = place()
  const store = open()
  store.change({ theme: 'dark' })
  const after = store.change({ density: 'compact', shortcuts: { drain: 'x' } })
  expect(after).toEqual({
    ...DEFAULT_PREFERENCES,
    ...{ theme: 'dark', density: 'compact', shortcuts: { drain: 'x' } }
  })
  expect(open().current).toEqual(after)
  expect(read()).toEqual({ schemaVersion: 1, preferences: after })
})

test('subscribers get the current preferences at once and every change', () => {
  const store = place().open()
  const heard: Preferences[] = []
  const end = store.topic.open({}, (preferences) => heard.push(preferences))
  store.change({ theme: 'light' })
  end()
  store.change({ theme: 'dark' })
  expect(heard.map(({ theme }) => theme)).toEqual(['system', 'light'])
})

test('a value that is none is refused, and nothing has changed', () => {
  const { open, read } = place()
  const store = open()
  store.change({ theme: 'light' })
  expect(() => store.change({ theme: 'pink' as 'dark' })).toThrow(
    /^The preference theme cannot be set: /
  )
  expect(() => store.change({ unknown: 1 } as object)).toThrow(/unknown/)
  expect(store.current.theme).toBe('light')
  expect(read()['preferences']).toMatchObject({ theme: 'light' })
})

test('keys of the host in the same file are kept', () => {
  const { open, read } = place('{"schemaVersion": 1, "preferences": {}, "window": {"x": 5}}')
  open().change({ theme: 'dark' })
  expect(read()).toMatchObject({ window: { x: 5 }, preferences: { theme: 'dark' } })
})

test('a file that is no JSON is set aside whole, and the defaults are used', () => {
  const { open, folder, file, problems } = place('{"theme": "dark",')
  const store = open()
  expect(store.current).toEqual(DEFAULT_PREFERENCES)
  const aside = 'switchyard-settings.json.invalid-2026-01-01T00-00-00.000Z'
  expect(problems).toEqual([
    `${file} is not JSON. It was set aside as ${aside}; the defaults are used.`
  ])
  expect(readFileSync(join(folder, aside), 'utf8')).toBe('{"theme": "dark",')
  store.change({ theme: 'light' })
  expect(open().current.theme).toBe('light')
  expect(problems).toHaveLength(1)
})

test('values that cannot be used are named, copied aside and replaced; the others stay', () => {
  const written = '{"theme": "dark", "density": "tiny", "colour": "blue"}'
  const { open, folder, file, problems } = place(written)
  expect(open().current).toEqual({ ...DEFAULT_PREFERENCES, theme: 'dark' })
  const aside = 'switchyard-settings.json.invalid-2026-01-01T00-00-00.000Z'
  expect(problems).toEqual([
    `${file} has values that cannot be used (density, colour). It was copied to ${aside}; the defaults stand in for them.`
  ])
  expect(readFileSync(join(folder, aside), 'utf8')).toBe(written)
  expect(readFileSync(file, 'utf8')).toBe(written)
})

test('a file of a newer version is copied aside before anything is written over it', () => {
  const written = '{"schemaVersion": 99, "preferences": {"theme": "dark"}}'
  const { open, folder, problems } = place(written)
  const store = open()
  expect(store.current).toEqual(DEFAULT_PREFERENCES)
  expect(problems[0]).toMatch(/is not of a version that this Switchyard knows \(up to 1\)/)
  store.change({ theme: 'light' })
  const aside = readdirSync(folder).find((name) => name.includes('.invalid-'))
  expect(readFileSync(join(folder, aside!), 'utf8')).toBe(written)
})

test('a second bad file does not overwrite the copy of the first', () => {
  const { open, folder, file } = place('one bad file')
  open()
  writeFileSync(file, 'another bad file')
  open()
  const copies = readdirSync(folder).filter((name) => name.includes('.invalid-'))
  expect(copies.map((name) => readFileSync(join(folder, name), 'utf8')).sort()).toEqual([
    ...['another bad file', 'one bad file']
  ])
})

test('preferences that are no object are named as such', () => {
  const { open, problems } = place('{"schemaVersion": 1, "preferences": [1]}')
  expect(open().current).toEqual(DEFAULT_PREFERENCES)
  expect(problems[0]).toMatch(/cannot be used \(preferences\)/)
})

test('a folder that cannot be made is an error with its path', () => {
  const temporary = temporaryFolder()
  onTestFinished(() => temporary.remove())
  const folder = join(temporary.write('a-file', ''), 'settings')
  const parts = { folder, clock: new ManualClock(), onProblem: () => {} }
  expect(() => new PreferencesStore(parts)).toThrow(
    expect.objectContaining({ code: 'STATE_UNUSABLE' })
  )
})

test('a write that fails changes nothing for anybody', () => {
  const { folder } = place('{}')
  const file = openConfFile({ folder, name: 'switchyard-settings' })
  const broken = {
    path: file.path,
    get store() {
      return file.store
    },
    set store(_next: Record<string, unknown>) {
      throw new Error('ENOSPC: no space left on device')
    }
  }
  const parts = { folder, clock: new ManualClock(), onProblem: () => {} }
  const store = new PreferencesStore({ ...parts, openFile: () => broken })
  const heard: Preferences[] = []
  store.onChange((preferences) => heard.push(preferences))
  expect(() => store.change({ theme: 'dark' })).toThrow(/cannot be written: ENOSPC/)
  expect(store.current.theme).toBe('system')
  expect(heard).toEqual([])
})

test('a change of what keeps operators safe is audited, another is not', async () => {
  const entries: unknown[] = []
  const handlers = preferencesHandlers(place().open(), { record: (entry) => entries.push(entry) })
  const call = { signal: new AbortController().signal, actor: 'operator (browser)' }
  await handlers['preferences.change']({ theme: 'dark' }, call)
  expect(entries).toEqual([])
  const safety = { isReadOnly: true, adminStateForMs: 600_000 }
  const after = await handlers['preferences.change']({ safety }, call)
  expect(after.safety).toEqual(safety)
  expect(entries).toEqual([
    {
      ...{ actor: 'operator (browser)', reason: '', outcome: 'done' },
      action: 'Switch read-only on; Let drain and maintenance end after 10 min'
    }
  ])
})
