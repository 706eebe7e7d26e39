/** The double is only worth its name if it refuses what it does not model. */
import { beforeEach, describe, expect, test } from 'vitest'
import { identityOf, isAlive } from '../../proxy-core/process/process-identity.ts'
import { eventually } from '../servers/eventually.ts'
import { temporaryFolder } from '../servers/temporary-folder.ts'
import * as electron from './electron.ts'
import { preloadWorld } from './preload-world.ts'

const { app, BrowserWindow, dialog, electronDouble, ipcMain, protocol, session } = electron
const { Menu, MessageChannelMain, nativeImage, Notification, utilityProcess } = electron
const WINDOW = { webPreferences: { sandbox: true } }
const QUESTION = { message: 'Really?', buttons: ['Yes', 'No'] }
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

  test('refuses what is destroyed, and what belongs to it', async () => {
    electronDouble.becomeReady()
    const window = new BrowserWindow(WINDOW)
    const { webContents } = window
    const loading = window.loadURL('app://console/')
    app.exit(0)
    await expect(loading).rejects.toMatchObject({ code: 'ERR_FAILED' })
    expect(window.isDestroyed()).toBe(true)
    const gone = 'Object has been destroyed'
    expect(() => window.isVisible()).toThrow(gone)
    expect(() => window.webContents).toThrow(gone)
    expect(() => webContents.reload()).toThrow(gone)
    await expect(dialog.showMessageBox(window, QUESTION)).rejects.toThrow(gone)
  })

  test('ends a load when another begins, and when its page dies', async () => {
    electronDouble.reset({ loading: new Promise(() => {}) })
    electronDouble.becomeReady()
    const window = new BrowserWindow(WINDOW)
    const [first, second] = [window.loadURL('app://console/a'), window.loadURL('app://console/b')]
    await expect(first).rejects.toMatchObject({ code: 'ERR_ABORTED', errno: -3 })
    electronDouble.state.windows[0]!.contents.crash('oom')
    await expect(second).rejects.toThrow("ERR_FAILED (-2) loading 'app://console/b'")
  })

  test('ends a utility process with the application, and refuses what has no effect on it', async () => {
    electronDouble.becomeReady()
    const stdio = ['ignore', 'inherit', 'inherit']
    const flags = ['--max-semi-space-size=8']
    expect(() => utilityProcess.fork('a.js', [], { stdio, execArgv: flags })).toThrow('effect of')
    expect(() => utilityProcess.fork('a.js', [], {})).toThrow('with stdio undefined')
    const piped = ['ignore', 'pipe', 'pipe']
    expect(() => utilityProcess.fork('a.js', [], { stdio: piped })).toThrow('with stdio')

    const folder = temporaryFolder()
    const child = utilityProcess.fork(folder.write('a.mjs', 'setInterval(() => {}, 1000)'), [], {
      stdio
    })
    expect(child.kill()).toBe(false)
    const pid = await eventually('a pid', () => child.pid)
    const identity = identityOf(pid)
    const codes: number[] = []
    child.once('exit', (code: number) => codes.push(code))
    app.exit(0)
    expect({ codes, pid: child.pid }).toEqual({ codes: [0], pid: undefined })
    await eventually('it is gone', () => !isAlive(identity))
    folder.remove()
  })

  test('throws an error of a utility process that nobody listens to', async () => {
    electronDouble.becomeReady()
    const folder = temporaryFolder()
    utilityProcess.fork(folder.write('a.mjs', ''), [], {
      stdio: ['ignore', 'inherit', 'inherit']
    })
    const [child] = electronDouble.state.utilities
    expect(() => child!.failFatally('here')).toThrow('Unhandled error. (FatalError)')
    await new Promise<void>((resolve) => child!.once('exit', () => resolve()))
    folder.remove()
  })

  test('ticks a checkbox over before its click is heard', () => {
    const heard: unknown[] = []
    const template = [
      { label: 'a', type: 'checkbox', checked: true, click: (item: object) => heard.push(item) },
      { label: 'b', enabled: false, click: () => undefined }
    ]
    const [ticked, grey] = Menu.buildFromTemplate(template).items
    ticked!.click!()
    expect(heard).toMatchObject([{ checked: false }])
    expect(ticked!.checked).toBe(false)
    expect(() => Object.assign(heard[0]!, { label: 'c' })).toThrow('assignment to MenuItem.label')
    expect(() => grey!.click!()).toThrow('it is grey')
  })

  test('looks at what a dialogue is asked for', async () => {
    electronDouble.becomeReady()
    await expect(dialog.showMessageBox({}, QUESTION)).rejects.toThrow('to a BrowserWindow or')
    const files = { title: 'a', properties: ['openFile'], filters: [] }
    expect(() => dialog.showOpenDialog({ ...files, properties: ['openFolder'] })).toThrow(
      "property 'openFolder'"
    )
    const filters = [{ name: 'a', extensions: ['.yaml'] }]
    expect(() => dialog.showOpenDialog({ ...files, filters })).toThrow('without their dots')
    const odd = { ...files, defaultPath: '/' }
    expect(() => dialog.showOpenDialog(odd)).toThrow("option 'defaultPath'")
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
