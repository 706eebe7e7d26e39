/** Contract: a file is brought forward step by step, each step whole or not at all. */
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { migrate, MIGRATIONS, versionOf } from './history-schema.ts'

function database(): DatabaseSync {
  const made = new DatabaseSync(':memory:')
  onTestFinished(() => made.close())
  return made
}

test('a new file gets the newest version, and a second run changes nothing', () => {
  const made = database()
  migrate(made)
  expect(versionOf(made)).toBe(MIGRATIONS.length)
  migrate(made)
  expect(versionOf(made)).toBe(MIGRATIONS.length)
})

test('a file takes only the steps that it lacks', () => {
  const made = database()
  const first = 'CREATE TABLE a (x)'
  migrate(made, [first])
  made.exec('INSERT INTO a VALUES (1)')
  migrate(made, [first, 'ALTER TABLE a ADD COLUMN y', 'UPDATE a SET y = x + 1'])
  expect(versionOf(made)).toBe(3)
  expect(made.prepare('SELECT y FROM a').get()).toEqual({ y: 2 })
})

test('events of the first version have no offer', () => {
  const made = database()
  migrate(made, MIGRATIONS.slice(0, 1))
  made.exec(`INSERT INTO event (at_ms, kind, severity, actor, text)
    VALUES (1, 'config', 'info', 'engine', 'It is so.')`)
  migrate(made)
  expect(made.prepare('SELECT text, offer FROM event').get()).toEqual({
    text: 'It is so.',
    offer: null
  })
})

test('a step that fails leaves the file at the step before', () => {
  const made = database()
  const broken = 'CREATE TABLE b (x); INSERT INTO nowhere VALUES (1)'
  expect(() => migrate(made, ['CREATE TABLE a (x)', broken])).toThrow('no such table: nowhere')
  expect(versionOf(made)).toBe(1)
  expect(() => made.prepare('SELECT * FROM b')).toThrow('no such table: b')
})

test('a newer file is refused', () => {
  const made = database()
  made.exec('PRAGMA user_version = 9')
  expect(() => migrate(made, ['CREATE TABLE a (x)'])).toThrow(
    'The history file has version 9, and this Switchyard knows versions up to 1.'
  )
})
