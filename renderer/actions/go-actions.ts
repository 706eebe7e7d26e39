/** To the screens. */
import type { ScreenName } from '../state/route.ts'
import { action, type Action, type ActionIcon } from './action.ts'

interface Destination {
  readonly screen: ScreenName
  readonly title: string
  readonly key: string
  readonly icon: ActionIcon
  readonly keywords: readonly string[]
}

/** In the order of the navigation. */
export const DESTINATIONS: readonly Destination[] = [
  { screen: 'live', title: 'Live', key: 'l', icon: 'activity', keywords: ['home', 'river', 'now'] },
  { screen: 'pools', title: 'Pools', key: 'p', icon: 'layers', keywords: ['backends', 'servers'] },
  {
    screen: 'traffic',
    title: 'Traffic',
    key: 't',
    icon: 'arrow-left-right',
    keywords: ['requests', 'log', 'attempts']
  },
  {
    screen: 'incidents',
    title: 'Incidents',
    key: 'i',
    icon: 'siren',
    keywords: ['events', 'history', 'time line', 'post-mortem']
  },
  { screen: 'config', title: 'Config', key: 'c', icon: 'file-code', keywords: ['yaml', 'edit'] },
  {
    screen: 'settings',
    title: 'Settings',
    key: 's',
    icon: 'settings',
    keywords: ['preferences', 'diagnostics', 'shortcuts', 'secrets']
  }
]

export const GO_ACTIONS: readonly Action[] = DESTINATIONS.map(
  ({ screen, title, key, icon, keywords }) =>
    action({
      id: `go.${screen}`,
      section: 'Go to',
      title: `Go to ${title}`,
      keywords,
      icon,
      keys: screen === 'settings' ? [`g ${key}`, 'Mod+,'] : [`g ${key}`],
      run: ({ console }) => console.router.go(screen)
    })
)
