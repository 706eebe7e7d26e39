/** `npm test`: unit, integration, differential, architecture and browser tests. */
import { defineConfig } from 'vitest/config'
import { OTHER_TIERS, tierConfig } from './test/setup/vitest-options.ts'

export default defineConfig(
  tierConfig({
    name: 'test',
    include: ['**/*.test.ts'],
    exclude: OTHER_TIERS,
    timeoutMs: 20_000,
    repeats: 0
  })
)
