/**
 * Contract: an engine that is killed at any instant loses nothing that it has acknowledged. Ten
 * cycles here, as many as one likes with `npm run test:crash`.
 */
import { expect, test } from 'vitest'
import { runCrashes } from './crash-run.ts'

test('ten kills lose, alter and disorder nothing', async () => {
  const seed = Math.floor(Math.random() * 2 ** 32)
  const report = await runCrashes({ cycles: 10, seed })
  expect(report).toMatchObject({ missing: [], altered: [], disordered: [], faults: [] })
  expect(report.acknowledged, `seed ${seed}`).toBeGreaterThan(10)
}, 180_000)
