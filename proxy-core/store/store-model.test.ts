/**
 * Contract: a store and a plain list agree on what is stored, delivered and dead, whatever is done
 * and however often the store is opened anew. `test/soak/store-model.soak.test.ts` does it for long.
 */
import fc from 'fast-check'
import { test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { FaultyDisk } from './testing/faulty-disk.ts'
import { freshStore, STORE_COMMANDS } from './testing/store-model.ts'

test('the store does what its model does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer(),
      fc.commands([...STORE_COMMANDS], { maxCommands: 60, size: 'max' }),
      async (seed, commands) => {
        const disk = new FaultyDisk(() => null, seed)
        const real = await freshStore(disk, new ManualClock())
        await fc.asyncModelRun(() => ({ model: { entries: [] }, real }), commands)
        await real.store.close()
      }
    ),
    { numRuns: 60 }
  )
}, 60_000)
