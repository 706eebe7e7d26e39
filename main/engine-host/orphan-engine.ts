/**
 * The engine of a control plane that died: it stops accepting at once, but drains for as
 * long as its shutdown timeout says, and until then it may hold addresses.
 */
import { isAlive, type ProcessIdentity } from '../../proxy-core/process/process-identity.ts'
import { setTimeout as wait } from 'node:timers/promises'

const POLL_MS = 50
/** Beyond the shutdown timeout: the time that closing takes. */
const GRACE_MS = 3_000

export interface OrphanLog {
  info(message: string): void
}

/** Resolves when it has ended, or when it has had its time; 0 waits without end. */
export async function waitForOrphan(
  orphan: ProcessIdentity | null,
  shutdownTimeoutMs: number,
  log: OrphanLog
): Promise<void> {
  if (!orphan || !isAlive(orphan)) return
  log.info(`The engine of an earlier run (process ${orphan.pid}) still drains; waiting for it.`)
  const deadline = performance.now() + (shutdownTimeoutMs || Infinity) + GRACE_MS
  while (isAlive(orphan)) {
    if (performance.now() > deadline) {
      return log.info(`Process ${orphan.pid} has not ended; starting beside it.`)
    }
    await wait(POLL_MS)
  }
}
