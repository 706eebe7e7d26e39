/**
 * The last lines of a test run: which suites were skipped and what they miss, and which
 * scenarios passed only when they were repeated. Both are easy to overlook in the list above.
 */
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node'
import type {} from './requirements.ts'

export interface SkippedSuite {
  readonly name: string
  readonly testCount: number
  readonly missingPrograms: readonly string[]
}

export default class TierReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines = [
      ...describeSkipped(modules.flatMap(skippedSuites)),
      ...describeRepeated(modules.flatMap(repeatedTests))
    ]
    if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n\n`)
  }
}

export function describeSkipped(suites: readonly SkippedSuite[]): readonly string[] {
  if (suites.length === 0) return []
  const testCount = suites.reduce((sum, suite) => sum + suite.testCount, 0)
  const missing = [...new Set(suites.flatMap((suite) => suite.missingPrograms))].sort()
  return [
    `Skipped suites: ${suites.length} (${testCount} tests), because this machine lacks ${missing.join(', ')}.`,
    ...suites.map((suite) => `  - ${suite.name}: needs ${suite.missingPrograms.join(', ')}`),
    'As root on Debian, SWITCHYARD_TEST_INSTALL=1 installs what they need.'
  ]
}

export function describeRepeated(names: readonly string[]): readonly string[] {
  if (names.length === 0) return []
  return [
    `Repeated: ${names.length} passed only at the second attempt.`,
    ...names.map((name) => `  - ${name}`)
  ]
}

function skippedSuites(module: TestModule): readonly SkippedSuite[] {
  return [...module.children.allSuites()].flatMap((suite) => {
    const missingPrograms = suite.meta().missingPrograms
    if (missingPrograms === undefined || isNestedInSkipped(suite)) return []
    const testCount = [...suite.children.allTests()].length
    return [{ name: `${module.relativeModuleId} > ${suite.fullName}`, testCount, missingPrograms }]
  })
}

/** Suites inherit the meta of the suite around them; only the outermost is worth a line. */
function isNestedInSkipped(suite: TestSuite): boolean {
  return suite.parent.type === 'suite' && suite.parent.meta().missingPrograms !== undefined
}

function repeatedTests(module: TestModule): readonly string[] {
  return [...module.children.allTests('passed')]
    .filter((test: TestCase) => test.diagnostic()?.flaky === true)
    .map((test) => `${module.relativeModuleId} > ${test.fullName}`)
}
