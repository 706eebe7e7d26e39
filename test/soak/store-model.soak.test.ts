/**
 * Ten minutes (or `SWITCHYARD_SOAK_MINUTES`) of random operations against the model of the store:
 * both agree on what is stored, delivered and dead, over restarts, crashes and compactions.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FaultyDisk } from '../../proxy-core/store/testing/faulty-disk.ts'
import { freshStore, STORE_COMMANDS } from '../../proxy-core/store/testing/store-model.ts'
import { ManualClock } from '../servers/manual-clock.ts'

const MINUTES = Number(process.env['SWITCHYARD_SOAK_MINUTES'] ?? 10)

test(
  'the store does what its model does, for long',
  async () => {
    let runs = 0
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.commands([...STORE_COMMANDS], { maxCommands: 400, size: 'max' }),
        async (seed, commands) => {
          const real = await freshStore(new FaultyDisk(() => null, seed), new ManualClock())
          await fc.asyncModelRun(() => ({ model: { entries: [] }, real }), commands)
          await real.store.close()
          runs += 1
        }
      ),
      { numRuns: Infinity, interruptAfterTimeLimit: MINUTES * 60_000, endOnFailure: true }
    )
    expect(runs).toBeGreaterThan(10)
  },
  MINUTES * 60_000 + 300_000
)
