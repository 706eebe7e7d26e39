/** What every test tier has in common. */
import { join } from 'node:path'
import type { ViteUserConfig } from 'vitest/config'
import { browserSvelte, svelteState } from './svelte-state.ts'
import TierReporter from './tier-reporter.ts'

const ROOT = join(import.meta.dirname, '../..')

export const NOT_TESTS = ['**/node_modules/**', 'out/**', 'coverage/**'] as const
export const OTHER_TIERS = ['**/*.scenario.test.ts', '**/*.soak.test.ts'] as const

interface Tier {
  readonly name: 'test' | 'scenario' | 'soak'
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly timeoutMs: number
  /** How often a failed test is repeated before it counts as failed. */
  readonly repeats: number
}

/**
 * A tier's configuration. With `SWITCHYARD_TEST_REPORTS` set to a folder, the results are also
 * written there as JSON, never into the repository.
 */
export function tierConfig(tier: Tier): ViteUserConfig {
  const reports = process.env['SWITCHYARD_TEST_REPORTS']
  return {
    root: ROOT,
    plugins: [svelteState()],
    resolve: {
      alias: [
        { find: /^electron$/, replacement: join(ROOT, 'test/electron-double/electron.ts') },
        ...browserSvelte(ROOT)
      ]
    },
    test: {
      include: [...tier.include],
      exclude: [...NOT_TESTS, ...tier.exclude],
      globalSetup: join(import.meta.dirname, 'global-setup.ts'),
      // It imports Electron, and shall get the double of it.
      server: { deps: { inline: ['electron-store'] } },
      setupFiles: join(import.meta.dirname, 'leak-check.ts'),
      pool: 'forks',
      // Load tests, real servers and a browser share the machine with the tests themselves.
      maxWorkers: 2,
      testTimeout: tier.timeoutMs,
      hookTimeout: Math.max(tier.timeoutMs, 60_000),
      retry: tier.repeats,
      reporters: [
        'default',
        new TierReporter(),
        ...(reports === undefined ? [] : [jsonInto(join(reports, `${tier.name}.json`))])
      ]
    }
  }
}

function jsonInto(outputFile: string): ['json', { outputFile: string }] {
  return ['json', { outputFile }]
}
