/** The table of shortcuts, and whether a key may be given to an action. */
import type { HostAbilities } from '../../../preload/contract/hello.ts'
import type { Preferences } from '../../../preload/contract/preferences.ts'
import { ACTION_SECTIONS, type Action, type ActionSection } from '../../actions/action.ts'
import { keysOf } from '../../actions/registry.ts'

export interface ShortcutRow {
  readonly action: Action
  readonly keys: readonly string[]
  /** The operator has given it a key, or taken its key away. */
  readonly isChanged: boolean
}

export interface ShortcutGroup {
  readonly section: ActionSection
  readonly rows: readonly ShortcutRow[]
}

type Wishes = Pick<Preferences, 'shortcuts'>
type Abilities = Pick<HostAbilities, 'isInBrowser'>

export function shortcutGroups(
  actions: readonly Action[],
  wishes: Wishes,
  abilities: Abilities
): readonly ShortcutGroup[] {
  return ACTION_SECTIONS.map((section) => ({
    section,
    rows: actions
      .filter((action) => action.section === section)
      .map((action) => ({
        action,
        keys: keysOf(action, wishes, abilities),
        isChanged: wishes.shortcuts[action.id] !== undefined
      }))
  })).filter(({ rows }) => rows.length > 0)
}

/**
 * Why these keys cannot be given to an action, as a sentence; null when they can. Keys clash when
 * they are equal, and when one sequence begins with the other: the shorter would always win.
 */
export function clashOf(
  keys: string,
  actionId: string,
  actions: readonly Action[],
  wishes: Wishes,
  abilities: Abilities
): string | null {
  const other = actions.find(
    (action) =>
      action.id !== actionId &&
      keysOf(action, wishes, abilities).some(
        (taken) => isPrefix(taken, keys) || isPrefix(keys, taken)
      )
  )
  return other === undefined ? null : `${keys} already belongs to “${other.title}”.`
}

function isPrefix(one: string, other: string): boolean {
  return one === other || other.startsWith(`${one} `)
}
