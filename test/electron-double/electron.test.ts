/** The double is only worth its name if it refuses what it does not model. */
import { beforeEach, describe, expect, test } from 'vitest'
import * as electron from './electron.ts'

const { app, BrowserWindow, electronDouble, ipcMain, protocol, session } = electron
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
    expect(() => app.on('activate', () => undefined)).toThrow("app.on('activate')")
    electronDouble.becomeReady()
    expect(() => new BrowserWindow({ ...WINDOW, frame: false })).toThrow("option 'frame'")
    expect(() => new BrowserWindow({ webPreferences: { webSecurity: false } })).toThrow(
      "preference 'webSecurity'"
    )
    const window = new BrowserWindow(WINDOW)
    expect(() => untyped(window)['loadFile']!('x')).toThrow('BrowserWindow.loadFile')
    expect(() => untyped(session.defaultSession)['setProxy']!({})).toThrow('setProxy')
  })

  test('refuses what comes too early', () => {
    expect(() => new BrowserWindow(WINDOW)).toThrow('must wait')
    expect(() => session.defaultSession).toThrow('must wait')
    expect(() => protocol.handle('app', () => new Response())).toThrow('must wait')
  })

  test('refuses what comes too late, or twice', () => {
    protocol.registerSchemesAsPrivileged([SCHEME])
    expect(() => protocol.registerSchemesAsPrivileged([SCHEME])).toThrow('first call only')
    ipcMain.handle('a', () => null)
    expect(() => ipcMain.handle('a', () => null)).toThrow('second handler')
    electronDouble.becomeReady()
    expect(() => app.enableSandbox()).toThrow('before the application is ready')
    expect(() => protocol.handle('other', () => new Response())).toThrow('no privileges')
  })
})
