/** The menu bar: the page's registry and nothing beside it, with the keys that a menu can show. */
import { describe, expect, test } from 'vitest'
import type { OfferedAction } from '../../preload/contract/host-menu.ts'
import { acceleratorOf, menuTemplate } from './menu-template.ts'

function offered(id: string, section: string, given: Partial<OfferedAction> = {}): OfferedAction {
  return { id, section, title: `Title of ${id}`, keys: null, isEnabled: true, isOn: null, ...given }
}

const ACTIONS = [
  offered('go.live', 'Go to'),
  offered('go.settings', 'Go to', { keys: 'Mod+,' }),
  offered('view.pause', 'View', { keys: 'Space', isOn: true }),
  offered('view.shortcuts', 'View'),
  offered('pool.open', 'Pool'),
  offered('backend.drain', 'Backend', { isEnabled: false }),
  offered('config.review', 'Configuration', { keys: 'Mod+S' }),
  offered('demo.start', 'Demo'),
  offered('engine.restart', 'Engine')
]

function menus(actions: readonly OfferedAction[], platform = 'linux') {
  const chosen: string[] = []
  const template = menuTemplate({
    actions,
    platform,
    run: (id) => chosen.push(id),
    showAbout: () => chosen.push('about'),
    quit: () => chosen.push('quit')
  })
  const menu = (label: string) => {
    const found = template.find((one) => one.label === label)?.submenu
    return Array.isArray(found) ? found : []
  }
  const labels = (label: string) => menu(label).map((item) => item.label ?? item.type ?? item.role)
  return { template, chosen, menu, labels }
}

describe('menuTemplate', () => {
  test('has a menu for each part of the console', () => {
    const { template } = menus(ACTIONS)
    expect(template.map(({ label }) => label)).toEqual([
      ...['Switchyard', 'File', 'View', 'Go', 'Pool', 'Window', 'Help']
    ])
  })

  test('has every action of the registry, by its title', () => {
    const { labels } = menus(ACTIONS)
    expect(labels('File')).toEqual([
      ...['Title of config.review', 'separator', 'Title of demo.start', 'separator'],
      'Title of engine.restart'
    ])
    expect(labels('Pool')).toEqual(['Title of pool.open', 'separator', 'Title of backend.drain'])
    expect(labels('View')).toEqual(['Title of view.pause'])
    expect(labels('Help')).toEqual(['Title of view.shortcuts'])
  })

  test('runs what was chosen', () => {
    const { menu, chosen } = menus(ACTIONS)
    menu('Go')[0]!.click!({} as never, undefined, {} as never)
    menu('Switchyard').at(-1)!.click!({} as never, undefined, {} as never)
    expect(chosen).toEqual(['go.live', 'quit'])
  })

  test('shows what cannot be done now, what is on, and which key does it', () => {
    const { menu } = menus(ACTIONS)
    expect(menu('Pool').at(-1)).toMatchObject({ enabled: false })
    expect(menu('View')[0]).toMatchObject({ type: 'checkbox', checked: true })
    expect(menu('File')[0]).toMatchObject({
      accelerator: 'CmdOrCtrl+S',
      // The page hears the key itself.
      registerAccelerator: false
    })
  })

  test('leaves the tick to the page: a click alone changes nothing', () => {
    const { menu, chosen } = menus(ACTIONS)
    // Electron has ticked it over.
    const item = { checked: false }
    menu('View')[0]!.click!(item as never, undefined, {} as never)
    expect({ item, chosen }).toEqual({ item: { checked: true }, chosen: ['view.pause'] })
  })

  test('has only what the application itself can do before a page has offered anything', () => {
    const { template, labels } = menus([])
    expect(template.map(({ label }) => label)).toEqual(['Switchyard', 'Window'])
    expect(labels('Switchyard')).toEqual(['About Switchyard', 'separator', 'Quit…'])
  })

  test('has the editing menu on a Mac, where copying needs one', () => {
    expect(menus(ACTIONS, 'darwin').template.map(({ role }) => role)).toContain('editMenu')
    expect(menus(ACTIONS).template.map(({ role }) => role)).not.toContain('editMenu')
  })
})

describe('acceleratorOf', () => {
  test.each([
    ['Mod+K', 'CmdOrCtrl+K'],
    ['Mod+,', 'CmdOrCtrl+,'],
    ['F11', 'F11'],
    ['Shift+Escape', 'Shift+Escape'],
    ['g l', null],
    ['!', null],
    ['d', null],
    ['Space', null]
  ])('of %s is %s', (keys, accelerator) => {
    expect(acceleratorOf(keys)).toBe(accelerator)
  })
})
