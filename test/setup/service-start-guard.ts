/**
 * Keeps apt from starting daemons: while it runs, `policy-rc.d` answers 101 ("not allowed",
 * invoke-rc.d(8)) to every maintainer script. A server that a package starts by itself would
 * hold the very ports that the tests use.
 */
import { chmodSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'

export const POLICY_FILE = '/usr/sbin/policy-rc.d'

const DENY_ALL =
  '#!/bin/sh\n# Written by the Switchyard test set-up, removed when it ends.\nexit 101\n'

/** `SIGKILL` cannot be caught; the next run finds the saved file and puts it back. */
const FATAL_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs `work` under the guard. The operator's own policy file, if there is one, is set aside
 * and put back: on success, on failure, on a signal and when the process exits early.
 */
export async function withoutServiceStarts<T>(
  work: () => Promise<T>,
  policyFile: string = POLICY_FILE
): Promise<T> {
  const saved = `${policyFile}.before-switchyard-tests`
  if (existsSync(policyFile) && !existsSync(saved)) renameSync(policyFile, saved)
  writeFileSync(policyFile, DENY_ALL)
  chmodSync(policyFile, 0o755)

  const restore = (): void => {
    if (existsSync(saved)) renameSync(saved, policyFile)
    else rmSync(policyFile, { force: true })
  }
  const release = restoreOnExit(restore)
  try {
    return await work()
  } finally {
    release()
    restore()
  }
}

/** Returns the function that takes the exit and signal listeners away again. */
function restoreOnExit(restore: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    restore()
    release()
    process.kill(process.pid, signal)
  }
  const release = (): void => {
    process.off('exit', restore)
    for (const signal of FATAL_SIGNALS) process.off(signal, onSignal)
  }
  process.on('exit', restore)
  for (const signal of FATAL_SIGNALS) process.on(signal, onSignal)
  return release
}
