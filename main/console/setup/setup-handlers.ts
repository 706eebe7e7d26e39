/** Calls of the contract about the first minutes: `setup.*` and `demo.*`. */
import type { MethodHandlers } from '../../contract/method-handlers.ts'
import { refuseWhileServing } from '../workspace/workspace-handlers.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { choosePort } from './free-port.ts'
import type { SetupDesk } from './setup-desk.ts'

export type SetupMethods = 'setup.probe' | 'setup.port' | 'setup.start' | 'demo.start' | 'demo.stop'

export function setupHandlers(
  setup: SetupDesk,
  workspace: Workspace
): Pick<MethodHandlers, SetupMethods> {
  return {
    'setup.probe': ({ address }, { signal }) => setup.probe(address, signal),
    'setup.port': ({ port }) => choosePort(port),
    'setup.start': ({ addresses, port }, { signal }) => {
      refuseWhileServing(workspace)
      return setup.start(addresses, port, signal)
    },
    'demo.start': () => {
      refuseWhileServing(workspace)
      return workspace.startDemo()
    },
    'demo.stop': () => workspace.stopDemo()
  }
}
