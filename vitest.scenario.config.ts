/**
 * `npm run test:scenario`: real servers on a real machine, waiting on conditions with a deadline.
 * One scenario is one `test`, so that a repetition repeats the whole of it.
 */
import { defineConfig } from 'vitest/config'
import { tierConfig } from './test/setup/vitest-options.ts'

export default defineConfig(
  tierConfig({
    name: 'scenario',
    include: ['test/scenario/**/*.scenario.test.ts'],
    exclude: [],
    timeoutMs: 180_000,
    repeats: 1
  })
)
