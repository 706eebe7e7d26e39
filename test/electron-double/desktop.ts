/** The state of the double: one desktop session, begun anew by each test. */
import type { BrowserContext } from 'playwright-core'
import { Emitter } from './emitter.ts'
import type { DoubleNotification, DoubleTray } from './surfaces.ts'
import type { DoubleUtilityProcess } from './utility-process.ts'
import type { DoubleWindow } from './window.ts'

/** A screen, as `screen` tells it. */
export interface DoubleDisplay {
  readonly id: number
  readonly workArea: {
    readonly x: number
    readonly y: number
    readonly width: number
    readonly height: number
  }
}

/** An item of a menu that was built: `click` is what the operator does. */
export interface DoubleMenuItem {
  readonly label?: string
  readonly role?: string
  readonly type?: string
  readonly enabled?: boolean
  /** Of a checkbox Electron changes it with every click. */
  checked?: boolean
  readonly accelerator?: string
  readonly registerAccelerator?: boolean
  readonly submenu?: readonly DoubleMenuItem[]
  readonly click?: () => void
}

/** The world around the application, as a test wants it. */
export interface DesktopFacts {
  readonly isFirstInstance: boolean
  readonly storageBackend: string
  readonly isEncryptionAvailable: boolean
  readonly displays: readonly DoubleDisplay[]
  /** Where windows load their pages; null: they only note what they would load. */
  readonly context: BrowserContext | null
  /** What the operator answers to a dialogue: the number of the button. */
  readonly answer: (options: DialogOptions) => number | Promise<number>
  readonly chosenFile: string | null
  /** A page without a browser has loaded when it resolves, and cannot be loaded when it rejects. */
  readonly loading: Promise<void>
}

export interface DialogOptions {
  readonly message: string
  readonly buttons: readonly string[]
  readonly detail?: string
}

export interface Desktop extends DesktopFacts {
  isReady: boolean
  readonly ready: Promise<void>
  readonly resolveReady: () => void
  readonly log: string[]
  readonly app: Emitter
  readonly ipc: Emitter
  readonly schemes: Map<string, object>
  readonly handlers: Map<string, (request: Request) => Response | Promise<Response>>
  readonly permissionHandlers: Map<string, unknown>
  readonly windows: DoubleWindow[]
  readonly utilities: DoubleUtilityProcess[]
  readonly trays: DoubleTray[]
  readonly notifications: DoubleNotification[]
  readonly dialogs: DialogOptions[]
  /** The window that each dialogue belongs to; null: it stands alone. */
  readonly dialogParents: (DoubleWindow | null)[]
  readonly opened: string[]
  menu: readonly DoubleMenuItem[]
  exitCode: number | null
}

const USUAL: DesktopFacts = {
  isFirstInstance: true,
  storageBackend: 'gnome_libsecret',
  isEncryptionAvailable: true,
  displays: [{ id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
  context: null,
  answer: ({ message }) => {
    throw new Error(`Nobody expected the dialogue "${message}".`)
  },
  chosenFile: null,
  loading: Promise.resolve()
}

const APP_EVENTS = [
  'web-contents-created',
  'window-all-closed',
  'second-instance',
  'activate',
  'before-quit',
  'will-quit',
  'quit'
]

let current = begin(USUAL)

export function desktop(): Desktop {
  return current
}

export function resetDesktop(facts: Partial<DesktopFacts>): void {
  current = begin({ ...USUAL, ...facts })
}

function begin(facts: DesktopFacts): Desktop {
  const { promise, resolve } = Promise.withResolvers<void>()
  return {
    ...facts,
    isReady: false,
    ready: promise,
    resolveReady: resolve,
    log: [],
    app: new Emitter('app', APP_EVENTS),
    ipc: new Emitter('ipcMain', ['switchyard:open-port', 'electron-store-get-data']),
    schemes: new Map(),
    handlers: new Map(),
    permissionHandlers: new Map(),
    windows: [],
    utilities: [],
    trays: [],
    notifications: [],
    dialogs: [],
    dialogParents: [],
    opened: [],
    menu: [],
    exitCode: null
  }
}
