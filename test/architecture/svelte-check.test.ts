/** `npm run check` is worth nothing if the checker silently finds no error in a component. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const FIXTURE = join(import.meta.dirname, 'fixtures/svelte')

test('svelte-check reports the type error of a component that has one', () => {
  const result = spawnSync(
    process.execPath,
    [
      join(ROOT, 'node_modules/svelte-check/bin/svelte-check'),
      '--workspace',
      FIXTURE,
      '--tsconfig',
      join(FIXTURE, 'tsconfig.json'),
      '--output',
      'machine'
    ],
    { encoding: 'utf8' }
  )
  expect(result.status).toBe(1)
  expect(result.stdout).toContain("Type 'string' is not assignable to type 'number'")
  expect(result.stdout).toContain('1 ERRORS 0 WARNINGS')
})
