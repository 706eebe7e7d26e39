/**
 * Contract, whatever the file: each of its keys is accounted for exactly once, what comes out loads,
 * secrets come out nowhere, and nothing is thrown.
 */
import * as fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'vitest'
import { formatPath } from '../../../proxy-core/model/config-problem.ts'
import { leavesOf, readToml } from '../toml/toml-document.ts'
import { imported, resultOf } from './testing/imported.ts'
import { SECRET, vectorFiles } from './testing/vector-files.ts'

const RUNS = 400

test('every key of a file is accounted for once, at its line', () => {
  fc.assert(
    fc.property(vectorFiles(), (text) => {
      const reading = readToml(text)
      assert.ok(reading.ok, text)
      const { entries } = resultOf(text)
      const keys = leavesOf(reading.root).map(({ path, place }) => [formatPath(path), place.line])
      const told = entries.map(({ path, line }) => [path, line])
      // Conditions and answers about a table as a whole come beside its keys.
      const accounted = new Set(told.map((one) => JSON.stringify(one)))
      for (const key of keys)
        assert.ok(accounted.has(JSON.stringify(key)), `${String(key)}\n${text}`)
      assert.equal(accounted.size, told.length, text)
    }),
    { numRuns: RUNS }
  )
})

test('what comes out of a file loads', () => {
  fc.assert(
    fc.property(vectorFiles(), (text) => {
      if (resultOf(text).ok) imported(text)
    }),
    { numRuns: RUNS }
  )
})

test('a secret comes out nowhere', () => {
  fc.assert(
    fc.property(vectorFiles(), (text) => {
      assert.ok(!JSON.stringify(resultOf(text)).includes(SECRET), text)
    }),
    { numRuns: RUNS }
  )
})

test('any text has an answer', () => {
  const noise = fc.string({ unit: fc.constantFrom(...'[]{}="\'#.,\n\r-_ae1: \\$') })
  fc.assert(
    fc.property(fc.oneof(noise, fc.string()), vectorFiles(), fc.nat(), (part, file, at) => {
      const place = at % (file.length + 1)
      for (const text of [part, file.slice(0, place) + part + file.slice(place)]) resultOf(text)
    }),
    { numRuns: RUNS }
  )
})
