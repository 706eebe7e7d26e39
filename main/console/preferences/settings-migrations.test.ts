/** Contract: every older document can be read; a newer one is refused. One test for each step. */
import { expect, test } from 'vitest'
import { migrated, SETTINGS_VERSION } from './settings-migrations.ts'

test('0 to 1: preferences at the top of a hand-written file get their place', () => {
  const expected = { schemaVersion: 1, preferences: { theme: 'dark', density: 'compact' } }
  expect(migrated({ theme: 'dark', density: 'compact' })).toEqual(expected)
  expect(migrated({ preferences: expected.preferences })).toEqual(expected)
})

test('an empty document has no preferences', () => {
  expect(migrated({})).toEqual({ schemaVersion: SETTINGS_VERSION, preferences: {} })
})

test('a document of this version stays as it is', () => {
  const document = { schemaVersion: SETTINGS_VERSION, preferences: { theme: 'light' }, window: {} }
  expect(migrated(document)).toEqual(document)
})

test('a document takes only the steps that it lacks, in order', () => {
  const step = (name: string) => (document: Readonly<Record<string, unknown>>) => ({
    ...document,
    steps: [...((document['steps'] as string[] | undefined) ?? []), name]
  })
  const steps = [step('first'), step('second'), step('third')]
  expect(migrated({ schemaVersion: 1 }, steps)).toEqual({
    ...{ schemaVersion: 3, steps: ['second', 'third'] }
  })
})

test.each([SETTINGS_VERSION + 1, -1, 1.5, '1', null])('a version of %o is refused', (version) => {
  expect(migrated({ schemaVersion: version })).toBeNull()
})
