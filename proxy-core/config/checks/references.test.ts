/** Contract: a name that is used must be defined, and a slip finds the nearest one. */
import { expect, test } from 'vitest'
import { problemsOf, settingsOf, summary } from '../fixtures/load.ts'

test('an unknown pool is refused with the nearest name', () => {
  const [problem] = problemsOf('routes: [{ pool: ap1 }]\npools: [{ name: web }, { name: api }]')
  expect(problem).toMatchObject({ code: 'UNKNOWN_REFERENCE', path: 'routes[0].pool' })
  expect(problem?.hint).toBe('Did you mean "api"?')
})

test('where nothing is near, the defined names are listed', () => {
  const [problem] = problemsOf('routes: [{ pool: zebra }]\npools: [{ name: web }, { name: api }]')
  expect(problem?.hint).toBe('Defined: web, api.')
  expect(problemsOf('routes: [{ pool: zebra }]')[0]?.hint).toBe('This file defines no pool.')
})

test('an unknown listener is refused', () => {
  const text =
    'listeners: [{ name: web, address: "127.0.0.1:1" }]\nroutes: [{ pool: a, listeners: [wbe] }]\npools: [{ name: a }]'
  const problems = problemsOf(text)
  expect(summary(problems)).toEqual(['UNKNOWN_REFERENCE routes[0].listeners[0]'])
  expect(problems[0]?.hint).toBe('Did you mean "web"?')
})

test('the listener that a file without listeners gets can be named', () => {
  const text = 'routes: [{ pool: a, listeners: [default] }]\npools: [{ name: a }]'
  expect(settingsOf(text).routes[0]?.listeners).toEqual(['default'])
})
