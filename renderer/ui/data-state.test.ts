/** A failure becomes what, why and what to do, whatever was thrown. */
import { expect, test } from 'vitest'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import { problemFrom, problemText } from './data-state.ts'

test('an error of the catalogue brings its reason, remedy and code', () => {
  const error = new SwitchyardError('POOL_UNKNOWN', 'There is no pool "api".')
  const problem = problemFrom(error, 'The pool could not be shown.')
  expect(problem).toEqual({
    what: 'The pool could not be shown.',
    why: 'There is no pool "api".',
    remedy: error.remedy,
    code: 'POOL_UNKNOWN'
  })
  expect(problemText(problem)).toContain('Code: POOL_UNKNOWN')
})

test('anything else brings its own words', () => {
  expect(problemFrom(new Error('broken pipe'), 'It failed.').why).toBe('broken pipe')
  expect(problemText(problemFrom('odd', 'It failed.'))).toBe('It failed.\nodd')
})
