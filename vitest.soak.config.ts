/** `npm run test:soak`: long runs under load that watch memory and lost requests. */
import { defineConfig } from 'vitest/config'
import { tierConfig } from './test/setup/vitest-options.ts'

export default defineConfig(
  tierConfig({
    name: 'soak',
    include: ['test/soak/**/*.soak.test.ts'],
    exclude: [],
    timeoutMs: 60 * 60_000,
    repeats: 0
  })
)
