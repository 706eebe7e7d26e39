/** `npm run test:electron`: the suite in a real desktop window. */
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  test: {
    include: ['test/electron/*.electron.ts'],
    setupFiles: 'test/setup/leak-check.ts',
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 30_000,
    hookTimeout: 90_000
  }
})
