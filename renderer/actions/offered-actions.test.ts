/** The registry as a menu bar gets it: every action of the palette, and what is chosen runs. */
import { describe, expect, test } from 'vitest'
import { offeredActionsSchema } from '../../preload/contract/host-menu.ts'
import { ConsoleState } from '../state/console-state.svelte.ts'
import { ManualPage } from '../testing/manual-page.ts'
import { ScriptedBackend } from '../testing/scripted-backend.ts'
import { followHostRequest, offeredActions } from './offered-actions.ts'
import { ACTIONS } from './registry.ts'

function context() {
  return { console: new ConsoleState(new ScriptedBackend(), new ManualPage()) }
}

describe('offeredActions', () => {
  test('are every row of the palette, within the limits of the contract', () => {
    const actions = offeredActions(context())
    const rows = ACTIONS.filter(({ isKeyOnly }) => isKeyOnly !== true)
    expect(actions.map(({ id }) => id)).toEqual(rows.map(({ id }) => id))
    expect(offeredActionsSchema.safeParse({ actions }).error).toBeUndefined()
  })

  test('tell the chord of an action that has one beside its sequence', () => {
    const actions = offeredActions(context())
    expect(actions.find(({ id }) => id === 'go.settings')?.keys).toBe('Mod+,')
    expect(actions.find(({ id }) => id === 'go.live')?.keys).toBe('g l')
  })

  test('tell what cannot be done now', () => {
    const enabled = new Map(offeredActions(context()).map((one) => [one.id, one.isEnabled]))
    expect({ live: enabled.get('go.live'), back: enabled.get('engine.restart') }).toEqual({
      live: true,
      back: false
    })
  })
})

describe('followHostRequest', () => {
  test('runs the action that was chosen in the menu', () => {
    const { console } = context()
    followHostRequest({ kind: 'action', seq: 1, actionId: 'go.pools' }, { console })
    expect(console.router.screen).toBe('pools')
  })

  test('shows the incident of a notification', () => {
    const { console } = context()
    followHostRequest({ kind: 'incident', seq: 1, incidentId: 7 }, { console })
    expect(console.router.route).toMatchObject({ screen: 'incidents', incidentId: 7 })
  })

  test('ignores an action that this page does not know', () => {
    const { console } = context()
    followHostRequest({ kind: 'action', seq: 1, actionId: 'absent' }, { console })
    expect(console.router.screen).toBe('live')
  })
})
