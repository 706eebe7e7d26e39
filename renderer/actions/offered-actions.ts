/** The registry as a host with a menu bar gets it, and what such a host asks for in return. */
import type { HostRequest, OfferedAction } from '../../preload/contract/host-menu.ts'
import type { ActionContext } from './action.ts'
import { ACTIONS, findAction, keysOf, startAction, valuesFromSelection } from './registry.ts'

/** Every action that is a row of the palette, as it stands now. */
export function offeredActions(context: ActionContext): readonly OfferedAction[] {
  const { preferences, hello } = context.console
  return ACTIONS.filter(({ isKeyOnly }) => isKeyOnly !== true).map((action) => {
    const keys = keysOf(action, preferences, hello.abilities)
    return {
      id: action.id,
      section: action.section,
      title: action.title,
      // A menu can show a chord and no sequence, so that one is told where there is one.
      keys: keys.find((one) => !one.includes(' ')) ?? keys[0] ?? null,
      isEnabled: action.when(context, valuesFromSelection(context, action)) === true,
      isOn: action.isOn?.(context) ?? null
    }
  })
}

/** An action that this page does not know is none. */
export function followHostRequest(request: HostRequest, context: ActionContext): void {
  if (request.kind === 'incident') {
    context.console.router.go('incidents', { incidentId: request.incidentId })
    return
  }
  const action = findAction(request.actionId)
  if (action !== null) void startAction(action, context)
}
