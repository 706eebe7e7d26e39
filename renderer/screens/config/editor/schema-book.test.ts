/** Contract of completion: what the product's own schema says at a path, and how it is written. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { optionAt } from './option-at.ts'
import { SchemaBook } from './schema-book.ts'
import { offersAt } from './schema-completion.ts'
import { yamlPlaceAt, type PathStep } from './yaml-place.ts'

const SCHEMA = new URL('../../../../resources/switchyard.schema.json', import.meta.url)
const book = new SchemaBook(JSON.parse(readFileSync(SCHEMA, 'utf8')) as Record<string, unknown>)

const path = (...steps: readonly string[]): readonly PathStep[] =>
  steps.map((step) => (step === '[]' ? 'item' : { key: step }))

describe('keys', () => {
  test('of the whole file', () => {
    const names = book.keysAt([]).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['listeners', 'routes', 'pools', 'defaults']))
  })

  test('below a list, a reference and a choice', () => {
    const keys = book.keysAt(path('pools', '[]', 'health_check'))
    expect(keys.find(({ name }) => name === 'interval')).toMatchObject({
      shape: 'value',
      form: 'duration such as 500ms or 2s',
      description: expect.stringContaining('Wait between')
    })
  })

  test('required ones are marked', () => {
    const keys = book.keysAt(path('pools', '[]'))
    expect(keys.find(({ name }) => name === 'name')?.isRequired).toBe(true)
    expect(keys.find(({ name }) => name === 'queue')?.isRequired).toBe(false)
  })

  test('of what does not exist are none', () => {
    expect(book.keysAt(path('nothing', '[]'))).toEqual([])
  })
})

describe('values', () => {
  test('of a list of words', () => {
    expect(book.valuesAt(path('pools', '[]', 'algorithm'))).toContain('least_conn')
  })

  test('of a switch', () => {
    expect(book.valuesAt(path('pools', '[]', 'health_check'))).toEqual(['false'])
  })

  test('of a free text are none', () => {
    expect(book.valuesAt(path('pools', '[]', 'name'))).toEqual([])
  })
})

test('a schema that refers to itself comes to an end', () => {
  const endless = new SchemaBook({ $ref: '#', properties: { a: { $ref: '#' } } })
  expect(endless.keysAt(path('a', 'a')).map(({ name }) => name)).toEqual(['a'])
})

describe('offers', () => {
  function offers(marked: string): readonly { readonly label: string; readonly insert: string }[] {
    const before = marked.slice(0, marked.indexOf('|'))
    const lines = marked.replace('|', '').split('\n')
    const source = { lineCount: lines.length, line: (at: number) => lines[at - 1] ?? '' }
    const column = before.length - before.lastIndexOf('\n') - 1
    const place = yamlPlaceAt(source, before.split('\n').length, column)
    return place === null ? [] : offersAt(book, place)
  }

  const insertOf = (marked: string, label: string): string | undefined =>
    offers(marked).find((offer) => offer.label === label)?.insert

  test('a value follows on the line', () => {
    expect(insertOf('pools:\n  - name: a\n    |', 'algorithm')).toBe('algorithm: ')
  })

  test('a list and a group go on below, two columns further in', () => {
    expect(insertOf('pools:\n  - name: a\n    |', 'backends')).toBe('backends:\n      - ')
    expect(insertOf('pools:\n  - name: a\n    |', 'queue')).toBe('queue:\n      ')
  })

  test('below the key of a list an item begins', () => {
    expect(insertOf('pools:\n  |', 'name')).toBe('- name: ')
  })

  test('in flow style there are no line breaks', () => {
    expect(insertOf('pools:\n  - { name: a, |', 'queue')).toBe('queue: { ')
    expect(insertOf('pools:\n  - { name: a, |', 'backends')).toBe('backends: [')
  })

  test('a key that is there is not offered again', () => {
    expect(insertOf('pools:\n  - name: a\n    |', 'name')).toBeUndefined()
  })

  test('values are offered after the colon', () => {
    expect(insertOf('pools:\n  - name: a\n    algorithm: |', 'failover')).toBe('failover')
  })
})

describe('the option at a place', () => {
  const lines = ['pools:', '  - name: demo', '    algorithm: random # x']
  const source = { lineCount: 3, line: (at: number) => lines[at - 1] ?? '' }

  test('is found on its name and on its value', () => {
    const option = { name: 'pools[].algorithm', form: expect.stringContaining('round_robin') }
    expect(optionAt(book, source, 3, 6)).toMatchObject(option)
    expect(optionAt(book, source, 3, 18)).toMatchObject(option)
  })

  test('is nothing in a comment', () => {
    expect(optionAt(book, source, 3, lines[2]!.length)).toBeNull()
  })
})
