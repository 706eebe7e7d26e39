/** One console per user: two would fight for the same workspace, history and preferences. */
import { InstanceLock } from '../engine-host/instance-lock.ts'
import { createStateDirectory } from '../engine-host/state-directory.ts'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'

/** Makes the state folder where it is missing. Throws CONSOLE_RUNNING or STATE_UNUSABLE. */
export async function lockConsole(stateFolder: string): Promise<InstanceLock> {
  await createStateDirectory(stateFolder)
  try {
    return await InstanceLock.acquire(stateFolder, 'the console')
  } catch (error) {
    if (!(error instanceof SwitchyardError) || error.code !== 'INSTANCE_LOCKED') throw error
    const { pid } = error.details
    const message = `The console already runs in process ${String(pid)}.`
    throw new SwitchyardError('CONSOLE_RUNNING', message, { pid }, { cause: error })
  }
}
