/** The doubles of what the desktop shows around the window: menu, tray, notifications, pictures. */
import { existsSync } from 'node:fs'
import { desktop, type DoubleMenuItem } from './desktop.ts'
import { Emitter, type Listener } from './emitter.ts'
import { refuseUnknownKeys, strict } from './strict.ts'

/** As main code writes it: what a click runs gets the item. */
export interface ItemTemplate extends Omit<DoubleMenuItem, 'click' | 'submenu'> {
  readonly submenu?: readonly ItemTemplate[]
  readonly click?: (item: DoubleMenuItem, window: undefined, event: object) => void
}

const ITEM_KEYS = [
  'id',
  'label',
  'role',
  'type',
  'enabled',
  'checked',
  'accelerator',
  'registerAccelerator',
  'submenu',
  'click'
]

export class DoubleMenu {
  readonly items: readonly DoubleMenuItem[]

  constructor(items: readonly DoubleMenuItem[]) {
    this.items = items
  }
}

export const Menu = strict('Menu', {
  buildFromTemplate(template: readonly ItemTemplate[]) {
    checkItems(template)
    return new DoubleMenu(template.map(menuItem))
  },
  setApplicationMenu(menu: DoubleMenu) {
    desktop().menu = menu.items
  }
})

function menuItem({ click, submenu, ...given }: ItemTemplate): DoubleMenuItem {
  const item: DoubleMenuItem = {
    ...given,
    ...(submenu === undefined ? {} : { submenu: submenu.map(menuItem) }),
    ...(click === undefined ? {} : { click: () => choose(item, click) })
  }
  return item
}

/** Electron ticks a checkbox over before anybody is told of the click. */
function choose(item: DoubleMenuItem, click: NonNullable<ItemTemplate['click']>): void {
  if (item.enabled === false) throw new Error(`Nobody can choose ${item.label}: it is grey.`)
  if (item.type === 'checkbox') item.checked = item.checked !== true
  click(strict('MenuItem', item, { writable: ['checked'] }), undefined, {})
}

function checkItems(items: readonly ItemTemplate[]): void {
  for (const item of items) {
    refuseUnknownKeys('the menu item key', item, ITEM_KEYS)
    if (item.label === undefined && item.role === undefined && item.type !== 'separator') {
      throw new Error('Electron refuses a menu item without a label, a role or a type.')
    }
    if (item.accelerator !== undefined) checkAccelerator(item.accelerator)
    checkItems(item.submenu ?? [])
  }
}

function checkAccelerator(text: string): void {
  const isKnown = /^((CmdOrCtrl|Shift|Alt)\+)*([A-Za-z0-9,]|F[0-9]{1,2}|Escape|Enter|Space)$/.test(
    text
  )
  if (!isKnown) throw new Error(`Electron knows no accelerator ${text}.`)
}

interface DoubleImage {
  readonly path: string
}

export const nativeImage = strict('nativeImage', {
  createFromPath(path: string): DoubleImage {
    // Electron makes an empty image of a missing file, and the tray is invisible.
    if (!existsSync(path)) throw new Error(`There is no picture ${path}.`)
    return { path }
  }
})

export class DoubleTray {
  readonly emitter = new Emitter('Tray', ['click'])
  image: DoubleImage
  toolTip = ''
  menu: readonly DoubleMenuItem[] = []
  isDestroyed = false

  constructor(image: DoubleImage) {
    this.image = image
  }

  on(event: string, listener: Listener): void {
    this.emitter.add(event, listener)
  }

  setImage(image: DoubleImage): void {
    this.#mustLive()
    this.image = image
  }

  setToolTip(text: string): void {
    this.#mustLive()
    this.toolTip = text
  }

  setContextMenu(menu: DoubleMenu): void {
    this.#mustLive()
    this.menu = menu.items
  }

  destroy(): void {
    this.isDestroyed = true
  }

  #mustLive(): void {
    if (this.isDestroyed) throw new Error('The tray is destroyed.')
  }
}

export class Tray extends DoubleTray {
  constructor(image: DoubleImage) {
    if (!desktop().isReady) throw new Error('new Tray must wait until the application is ready.')
    super(image)
    desktop().trays.push(this)
    return strict('Tray', this)
  }
}

export interface NotificationOptions {
  readonly title: string
  readonly body: string
}

export class DoubleNotification {
  readonly emitter = new Emitter('Notification', ['click'])
  readonly options: NotificationOptions
  isShown = false

  constructor(options: NotificationOptions) {
    refuseUnknownKeys('the notification option', options, ['title', 'body'])
    this.options = options
  }

  on(event: string, listener: Listener): void {
    this.emitter.add(event, listener)
  }

  show(): void {
    this.isShown = true
  }

  close(): void {
    this.isShown = false
  }
}

export class Notification extends DoubleNotification {
  static isSupported(): boolean {
    return true
  }

  constructor(options: NotificationOptions) {
    super(options)
    desktop().notifications.push(this)
    return strict('Notification', this)
  }
}
