'use strict'

/*
 * The last line of `.ci/run`: sums the test results of several steps. Each argument is
 * `name=exitCode=report`, where the report is vitest's JSON file, or empty for a step that has
 * none. A step that failed counts as at least one failure, whatever its report says or lacks.
 * CommonJS, because it must also run where `npm ci` failed and only an old Node.js is there.
 */
const fs = require('fs')

function readStep(argument) {
  const [name, exitCode, ...rest] = argument.split('=')
  const report = readReport(rest.join('='))
  const failed = report.numFailedTests || 0
  const hasFailed = exitCode !== '0' || failed > 0 || report.success === false
  return {
    name,
    passed: report.numPassedTests || 0,
    failed: hasFailed ? Math.max(1, failed) : 0,
    skipped: (report.numPendingTests || 0) + (report.numTodoTests || 0)
  }
}

/* A run that was cut short leaves half a report or none: its exit code tells the rest. */
function readReport(path) {
  try {
    return JSON.parse(fs.readFileSync(path, 'utf8'))
  } catch {
    return {}
  }
}

const steps = process.argv.slice(2).map(readStep)
const sum = (key) => steps.reduce((total, step) => total + step[key], 0)

for (const step of steps.filter(({ failed }) => failed > 0)) {
  process.stdout.write(`failed: ${step.name}\n`)
}
const skipped = sum('skipped')
const tail = skipped > 0 ? `, ${skipped} skipped` : ''
process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed${tail}\n`)
process.exitCode = sum('failed') > 0 || steps.length === 0 ? 1 : 0
