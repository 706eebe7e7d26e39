/**
 * `npm run test:crash -- [--cycles N] [--seed S]`: kills a storing engine at N random instants (200
 * unless told) and ends with 1 if anything that it had acknowledged is missing, altered or out of
 * order. A failed run is repeated by its seed, as far as the kernel's timing allows.
 */
import { parseArgs } from 'node:util'
import { runCrashes } from './crash-run.ts'

const NIGHTLY_CYCLES = '200'

const { values } = parseArgs({
  options: { cycles: { type: 'string', default: NIGHTLY_CYCLES }, seed: { type: 'string' } }
})
const cycles = Number(values.cycles)
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32))
if (!Number.isInteger(cycles) || cycles < 1) throw new Error('--cycles takes a whole number.')

const startedMs = performance.now()
const report = await runCrashes({
  ...{ cycles, seed },
  progress: (cycle) => {
    if (cycle % 10 === 0) console.log(`${cycle} of ${cycles} cycles`)
  }
})
const { missing, altered, disordered, faults } = report
const seconds = Math.round((performance.now() - startedMs) / 1000)
console.log(
  `${cycles} kills in ${seconds} s (seed ${seed}): ${report.acknowledged} requests acknowledged, ${report.unknown} cut off, ${report.refused} refused.`
)
console.log(
  `${missing.length} missing, ${altered.length} altered, ${disordered.length} out of order; ${report.repeated} delivered again.`
)
for (const line of [...missing, ...altered, ...disordered, ...faults].slice(0, 20))
  console.log(line)
process.exitCode = missing.length + altered.length + disordered.length === 0 ? 0 : 1
