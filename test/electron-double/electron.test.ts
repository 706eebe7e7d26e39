/** The double is only worth its name if it refuses what it does not model. */
import { beforeEach, describe, expect, test } from 'vitest'
import * as electron from './electron.ts'
import { preloadWorld } from './preload-world.ts'

const { app, BrowserWindow, electronDouble, ipcMain, protocol, session } = electron
const { Menu, MessageChannelMain, nativeImage, Notification, utilityProcess } = electron
const WINDOW = { webPreferences: { sandbox: true } }
const SCHEME = { scheme: 'app', privileges: {} }

beforeEach(() => electronDouble.reset())

/** As code that TypeScript let through by mistake would see it. */
function untyped(value: object): Record<string, (...args: unknown[]) => unknown> {
  return value as Record<string, (...args: unknown[]) => unknown>
}

describe('the Electron double', () => {
  test('refuses members, events and options that it does not model', () => {
    expect(() => untyped(app)['setPath']!('a', 'b')).toThrow('does not model app.setPath')
    expect(() => app.on('gpu-info-update', () => undefined)).toThrow("app.on('gpu-info-update')")
    expect(() => untyped(ipcMain)['handle']!('a')).toThrow('ipcMain.handle')
    expect(() => ipcMain.on('any', () => undefined)).toThrow("ipcMain.on('any')")
    electronDouble.becomeReady()
    expect(() => new BrowserWindow({ ...WINDOW, frame: false })).toThrow("option 'frame'")
    expect(() => new BrowserWindow({ webPreferences: { webSecurity: false } })).toThrow(
      "preference 'webSecurity'"
    )
    const window = new BrowserWindow(WINDOW)
    expect(() => untyped(window)['loadFile']!('x')).toThrow('BrowserWindow.loadFile')
    expect(() => untyped(window.webContents)['openDevTools']!()).toThrow('webContents.openDevTools')
    expect(() => untyped(session.defaultSession)['setProxy']!({})).toThrow('setProxy')
  })

  test('refuses what Electron would refuse or do silently wrong', () => {
    expect(() => Menu.buildFromTemplate([{}])).toThrow('without a label')
    expect(() => Menu.buildFromTemplate([{ label: 'a', accelerator: 'g l' }])).toThrow(
      'no accelerator g l'
    )
    expect(() => nativeImage.createFromPath('/absent.png')).toThrow('no picture /absent.png')
    const unknown = { title: 'a', body: 'b', urgency: 'low' }
    expect(() => new Notification(unknown)).toThrow("option 'urgency'")
    const { port1 } = new MessageChannelMain()
    expect(() => port1.postMessage(() => undefined)).toThrow('could not be cloned')
  })

  test('refuses what comes too early', () => {
    expect(() => new BrowserWindow(WINDOW)).toThrow('must wait')
    expect(() => session.defaultSession).toThrow('must wait')
    expect(() => protocol.handle('app', () => new Response())).toThrow('must wait')
    expect(() => utilityProcess.fork('a.js', [], {})).toThrow('must wait')
    expect(() => electron.safeStorage.getSelectedStorageBackend()).toThrow('must wait')
    expect(() => electron.screen.getPrimaryDisplay()).toThrow('must wait')
  })

  test('refuses what comes too late, or twice', () => {
    protocol.registerSchemesAsPrivileged([SCHEME])
    expect(() => protocol.registerSchemesAsPrivileged([SCHEME])).toThrow('first call only')
    electronDouble.becomeReady()
    expect(() => app.enableSandbox()).toThrow('before the application is ready')
    expect(() => protocol.handle('other', () => new Response())).toThrow('no privileges')
  })

  test('keeps messages of a port until it is started, and tells its end', async () => {
    const { port1, port2 } = new MessageChannelMain()
    const heard: unknown[] = []
    port2.on('message', ({ data }: { data: unknown }) => heard.push(data))
    port2.on('close', () => heard.push('closed'))
    port1.postMessage({ a: 1 })
    await Promise.resolve()
    expect(heard).toEqual([])
    port2.start()
    port1.close()
    await Promise.resolve()
    expect(heard).toEqual([{ a: 1 }, 'closed'])
  })

  test('gives the preload script a require that knows electron only', () => {
    const powers = { isIsolated: true, hasNode: false }
    expect(preloadWorld('', 'https://a.test', powers)).toContain(
      "if (name === 'electron') return electron"
    )
  })
})
