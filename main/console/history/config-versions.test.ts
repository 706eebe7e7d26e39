/** Contract: what was added is there at once and after a restart; the newest 200 are kept. */
import { expect, test } from 'vitest'
import { ConfigVersions } from './config-versions.ts'
import { HistoryFixture } from './testing/history-file-fixture.ts'

function version(summary: string, file = '/etc/a.yaml'): Parameters<ConfigVersions['add']>[0] {
  const hash = `hash of ${summary}`
  return { file, actor: 'operator', reason: 'because', summary, hash, text: `text of ${summary}` }
}

test('a version can be read before it is on the disk, and after', () => {
  const fixture = new HistoryFixture()
  const versions = new ConfigVersions(fixture.store(), fixture.clock)
  const id = versions.add(version('first'))
  const expected = { ...version('first'), id, atMs: fixture.clock.wallNow() }
  expect(versions.read(id)).toEqual(expected)
  fixture.clock.advance(300)
  expect(versions.read(id)).toEqual(expected)
  fixture.closeStores()
  const next = new ConfigVersions(fixture.store(), fixture.clock)
  expect(next.read(id)).toEqual(expected)
  expect(next.add(version('second'))).toBe(id + 1)
})

test('the list is of one file, newest first, without texts', () => {
  const fixture = new HistoryFixture()
  const versions = new ConfigVersions(fixture.store(), fixture.clock)
  for (const summary of ['one', 'two', 'three']) versions.add(version(summary))
  versions.add(version('other', '/etc/b.yaml'))
  const listed = versions.list('/etc/a.yaml', 2)
  expect(listed.map(({ summary }) => summary)).toEqual(['three', 'two'])
  expect(listed[0]).not.toHaveProperty('text')
})

test('a version that there is not is null', () => {
  const fixture = new HistoryFixture()
  expect(new ConfigVersions(fixture.store(), fixture.clock).read(1)).toBeNull()
})

test('no more are listed than are kept', () => {
  const fixture = new HistoryFixture()
  const versions = new ConfigVersions(fixture.store(), fixture.clock)
  for (let n = 0; n < 205; n++) versions.add(version(`version ${n}`))
  expect(versions.list('/etc/a.yaml', 1000)).toHaveLength(200)
  expect(versions.read(5)).toBeNull()
  expect(versions.read(6)?.summary).toBe('version 5')
})
