/** What is shown and how. Nothing here changes what serves users. */
import { SERIES_RANGES } from '../../proxy-core/model/series.ts'
import { DENSITIES, THEMES } from '../../preload/contract/preferences.ts'
import { action, type Action, type ActionContext, type ActionChoice } from './action.ts'

const RANGE_TITLES = {
  '1m': '1 minute',
  '5m': '5 minutes',
  '15m': '15 minutes',
  '1h': '1 hour',
  '24h': '24 hours'
}

const labelled = (values: readonly string[]): readonly ActionChoice[] =>
  values.map((value) => ({ value, label: value.charAt(0).toUpperCase() + value.slice(1) }))

const RANGE_ACTIONS: readonly Action[] = SERIES_RANGES.map((range, index) =>
  action({
    id: `view.range-${range}`,
    section: 'View',
    title: `Show the last ${RANGE_TITLES[range]}`,
    keywords: ['range', 'time', 'zoom', range],
    icon: 'clock',
    keys: [`${index + 1}`],
    isOn: ({ console }) => console.shell.range === range,
    run: ({ console }) => console.shell.chooseRange(index + 1)
  })
)

export const VIEW_ACTIONS: readonly Action[] = [
  action({
    id: 'view.palette',
    section: 'View',
    title: 'Open the palette',
    keywords: ['command', 'search'],
    icon: 'search',
    keys: ['Mod+K'],
    isKeyOnly: true,
    run: ({ console }) => console.shell.openPalette()
  }),
  action({
    id: 'view.shortcuts',
    section: 'View',
    title: 'Show the shortcuts',
    keywords: ['keys', 'keyboard', 'help'],
    icon: 'keyboard',
    keys: ['?'],
    run: ({ console }) => {
      console.shell.isShortcutSheetOpen = true
    }
  }),
  action({
    id: 'view.pause',
    section: 'View',
    title: 'Pause or resume the view',
    keywords: ['freeze', 'stop', 'hold'],
    icon: 'pause',
    keys: ['Space'],
    isOn: ({ console }) => console.isPaused,
    run: ({ console }) => console.togglePause()
  }),
  action({
    id: 'view.back-to-live',
    section: 'View',
    title: 'Back to live',
    keywords: ['now', 'resume', 'present'],
    icon: 'undo',
    when: ({ console }) =>
      console.isPaused || console.live.viewAtMs !== null ? true : 'The view is live already.',
    run: ({ console }) => console.backToLive()
  }),
  action({
    id: 'view.only-problems',
    section: 'View',
    title: 'Show only problems',
    keywords: ['filter', 'failing', 'down', 'all'],
    icon: 'triangle-alert',
    keys: ['!'],
    isOn: ({ console }) => console.shell.isOnlyProblems,
    run: ({ console: { shell } }) => {
      shell.isOnlyProblems = !shell.isOnlyProblems
    }
  }),
  ...RANGE_ACTIONS,
  action({
    id: 'view.table',
    section: 'View',
    title: 'Switch between graph and table',
    keywords: ['river', 'chart', 'list', 'accessible'],
    icon: 'table',
    keys: ['t'],
    isOn: ({ console }) => console.shell.isTable,
    run: ({ console }) => toggleTable({ console })
  }),
  action({
    id: 'view.theme',
    section: 'View',
    title: 'Choose the theme…',
    keywords: ['dark', 'light', 'colours'],
    icon: 'sun-moon',
    asks: [{ kind: 'choice', title: 'Theme', choices: () => labelled(THEMES) }],
    run: ({ console }, { choice }) =>
      console.changePreferences({ theme: THEMES.find((theme) => theme === choice) ?? 'system' })
  }),
  action({
    id: 'view.density',
    section: 'View',
    title: 'Choose the row height…',
    keywords: ['density', 'compact', 'comfortable'],
    icon: 'rows',
    asks: [{ kind: 'choice', title: 'Row height', choices: () => labelled(DENSITIES) }],
    run: ({ console }, { choice }) =>
      console.changePreferences({ density: DENSITIES.find((one) => one === choice) ?? 'normal' })
  }),
  action({
    id: 'view.wall',
    section: 'View',
    title: 'Wall mode on or off',
    keywords: ['full screen', 'kiosk', 'tv', 'noc'],
    icon: 'monitor',
    keys: ['F11'],
    keysWeb: ['g w'],
    isOn: ({ console }) => console.shell.isWall,
    run: ({ console }) => toggleWall({ console })
  }),
  action({
    id: 'view.inspector',
    section: 'View',
    title: 'Show or hide the inspector',
    keywords: ['details', 'drawer', 'side'],
    icon: 'panel-right',
    keys: ['i'],
    isOn: ({ console }) => console.shell.isInspectorOpen,
    run: ({ console: { shell } }) => {
      shell.isInspectorOpen = !shell.isInspectorOpen
    }
  }),
  action({
    id: 'view.copy-link',
    section: 'View',
    title: 'Copy a link to this view',
    keywords: ['address', 'url', 'share'],
    icon: 'link',
    run: async ({ console }) => {
      await console.page.copy(console.page.address())
      console.toasts.done('Copied the link. It opens in a browser that this console admits.')
    }
  })
]

function toggleTable({ console }: ActionContext): void {
  const own = console.hooks.find('toggleTable')
  if (own !== undefined) own()
  else console.shell.isTable = !console.shell.isTable
}

async function toggleWall({ console }: ActionContext): Promise<void> {
  const { shell, router, page } = console
  shell.isWall = !shell.isWall
  if (shell.isWall) router.go('live')
  // A browser may refuse full screen; the wall view works in a window, too.
  await page.setFullScreen(shell.isWall).catch(() => undefined)
}
