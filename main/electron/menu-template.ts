/** The menu bar, built from what the page's action registry offers. */
import type { MenuItemConstructorOptions } from 'electron'
import type { OfferedAction } from '../../preload/contract/host-menu.ts'

export interface MenuParts {
  readonly actions: readonly OfferedAction[]
  readonly platform: string
  run(actionId: string): void
  showAbout(): void
  quit(): void
}

/** Which sections of the registry make up which menu, in order. */
const MENU_SECTIONS = {
  File: ['Configuration', 'Demo', 'Engine'],
  View: ['View'],
  Go: ['Go to'],
  Pool: ['Pool', 'Backend']
} as const

/** Found under Help, wherever the registry has it. */
const HELP_ACTIONS = ['view.shortcuts', 'view.palette']
const SETTINGS_ACTION = 'go.settings'

export function menuTemplate(parts: MenuParts): MenuItemConstructorOptions[] {
  const menus = Object.entries(MENU_SECTIONS).map(([label, sections]) => ({
    label,
    submenu: separated(sections.map((section) => itemsOf(parts, section)))
  }))
  const [file, ...others] = menus.filter(({ submenu }) => submenu.length > 0)
  return [
    { label: 'Switchyard', submenu: appItems(parts) },
    ...(file === undefined ? [] : [file]),
    // Without it macOS knows no shortcut for copying in a text field.
    ...(parts.platform === 'darwin' ? [{ role: 'editMenu' as const }] : []),
    ...others,
    { label: 'Window', submenu: windowItems(parts) },
    ...helpMenu(parts)
  ]
}

/** No entry for full screen: its own key is F11, which is the page's wall mode. */
function windowItems({ platform }: MenuParts): MenuItemConstructorOptions[] {
  const zoom = platform === 'darwin' ? [{ role: 'zoom' as const }] : []
  return [{ role: 'minimize' }, ...zoom, { role: 'close' }]
}

function appItems(parts: MenuParts): MenuItemConstructorOptions[] {
  const settings = parts.actions.filter(({ id }) => id === SETTINGS_ACTION)
  return separated([
    [{ label: 'About Switchyard', click: () => parts.showAbout() }],
    settings.map((action) => ({ ...itemOf(parts, action), label: 'Settings…' })),
    [{ label: 'Quit…', accelerator: 'CmdOrCtrl+Q', click: () => parts.quit() }]
  ])
}

function helpMenu(parts: MenuParts): MenuItemConstructorOptions[] {
  const actions = parts.actions.filter(({ id }) => HELP_ACTIONS.includes(id))
  if (actions.length === 0) return []
  return [{ role: 'help', label: 'Help', submenu: actions.map((one) => itemOf(parts, one)) }]
}

function itemsOf(parts: MenuParts, section: string): MenuItemConstructorOptions[] {
  return parts.actions
    .filter((action) => action.section === section && !HELP_ACTIONS.includes(action.id))
    .map((action) => itemOf(parts, action))
}

function itemOf(
  { run }: MenuParts,
  { id, title, keys, isEnabled, isOn }: OfferedAction
): MenuItemConstructorOptions {
  const accelerator = keys === null ? null : acceleratorOf(keys)
  return {
    id,
    label: title,
    enabled: isEnabled,
    ...(isOn === null ? {} : { type: 'checkbox', checked: isOn }),
    // Shown only: the page itself listens to its keys, and must not hear them twice.
    ...(accelerator === null ? {} : { accelerator, registerAccelerator: false }),
    click: (item) => {
      // Electron has ticked it over by itself, but only the page knows whether it is on now.
      if (isOn !== null) item.checked = isOn
      run(id)
    }
  }
}

/** Null for what no menu can show: sequences ("g l"), single letters and signs. */
export function acceleratorOf(keys: string): string | null {
  if (/^F[0-9]{1,2}$/.test(keys)) return keys
  if (!/^(Mod|Shift|Alt)(\+[A-Za-z0-9,]+)+$/.test(keys)) return null
  return keys.replace('Mod', 'CmdOrCtrl')
}

function separated(groups: readonly MenuItemConstructorOptions[][]): MenuItemConstructorOptions[] {
  return groups
    .filter((group) => group.length > 0)
    .flatMap((group, index) => (index === 0 ? group : [{ type: 'separator' as const }, ...group]))
}
