/**
 * The start of the desktop host against the Electron double, which throws on any call, option or
 * order that it does not model: the window is sandboxed, the page is served with its policy, and
 * it can neither leave, nor open, nor get, nor call anything more.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../../test/servers/eventually.ts'
import { electronDouble } from '../../test/electron-double/electron.ts'
import { CONTENT_SECURITY_POLICY } from '../page/page-headers.ts'
import { runDesktop } from './index.ts'
import { PAGE_URL } from './page-origin.ts'
import { DesktopFixture, turns } from './testing/desktop-fixture.ts'

let fixture: DesktopFixture

beforeEach(() => {
  fixture = new DesktopFixture()
})
afterEach(() => fixture.dispose())

function ask(url: string, method = 'GET'): Response | Promise<Response> {
  return electronDouble.state.handlers.get('app')!(new Request(url, { method }))
}

describe('the window', () => {
  test('is sandboxed, isolated and without Node.js', async () => {
    const { options } = await fixture.start()
    expect(options.webPreferences).toEqual({
      preload: '/out/preload/index.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      spellcheck: false
    })
    expect(electronDouble.state.log).toContain('enableSandbox')
  })

  test('loads the page and is shown once it has painted', async () => {
    const window = await fixture.start()
    expect(window.options['show']).toBe(false)
    expect(window.log).toEqual([`load ${PAGE_URL}`, 'show'])
  })

  test('is the only one: a second instance quits, and the first comes to the front', async () => {
    electronDouble.reset()
    await fixture.start({ isFirstInstance: false })
    expect(electronDouble.state.log).toEqual(['quit'])
    expect(fixture.made).toBeNull()

    const window = await fixture.start()
    window.isMinimizedNow = true
    electronDouble.emit('second-instance')
    expect(window.log.slice(2)).toEqual(['restore', 'show', 'focus'])
  })

  test('asks no server for the dictionary of a spell checker', async () => {
    await fixture.start()
    expect(electronDouble.state.log).toContain('spell checker off')
  })

  test('that was maximised is so again, and not before it has painted', async () => {
    const { promise: loading, resolve: hasLoaded } = Promise.withResolvers<void>()
    fixture.rememberWindow({
      bounds: { x: 10, y: 10, width: 1000, height: 700 },
      isMaximized: true
    })
    const starting = fixture.start({ loading })
    const window = await eventually('a window', () => electronDouble.state.windows[0])
    expect(window.isVisibleNow).toBe(false)
    // What happens to it before is no wish of anybody.
    window.moveTo({ x: 0, y: 0, width: 960, height: 600 })
    fixture.clock.advance(500)
    expect(fixture.rememberedWindow()).toMatchObject({ isMaximized: true })
    hasLoaded()
    await starting
    expect(window.log.slice(1)).toEqual(['maximize', 'show'])
  })

  test('comes back to a screen that is still there', async () => {
    const [left, right] = [
      { id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1080 } },
      { id: 2, workArea: { x: 1920, y: 0, width: 1920, height: 1080 } }
    ]
    const displays = [left!, right!]
    const window = await fixture.start({ displays })
    window.moveTo({ x: 2400, y: 100, width: 1280, height: 800 })
    electronDouble.emit('second-instance')
    expect(window.bounds.x).toBe(2400)
    window.hide()
    displays.pop()
    electronDouble.emit('second-instance')
    expect(window.bounds).toEqual({ x: 320, y: 140, width: 1280, height: 800 })
  })

  test('is never opened when the page was not built', async () => {
    fixture.folder.remove()
    await expect(fixture.start()).rejects.toMatchObject({ code: 'INSTALLATION_INCOMPLETE' })
    expect(electronDouble.state.windows).toEqual([])
  })

  test('is never opened beside a console that runs', async () => {
    const path = '.local/state/switchyard/console'
    mkdirSync(join(fixture.folder.path, path), { recursive: true })
    // Of a process that is alive and not this one.
    const held = { owner: { pid: process.ppid, startTicks: null }, engine: null, config: 'x' }
    fixture.folder.write(`${path}/lock`, JSON.stringify(held))
    await expect(fixture.start()).rejects.toMatchObject({ code: 'CONSOLE_RUNNING' })
    expect(electronDouble.state.windows).toEqual([])
  })
})

describe('the program', () => {
  test('survives what nobody expects from before it starts anything', () => {
    const { argv } = process
    const before = listeners()
    electronDouble.reset({ isFirstInstance: false })
    process.argv = ['/opt/switchyard']
    runDesktop()
    process.argv = argv
    const added = listeners().filter(
      ({ listener }) => !before.some((one) => one.listener === listener)
    )
    for (const { occasion, listener } of added) process.off(occasion, listener)
    expect(electronDouble.state.log).toEqual(['quit'])
    expect(added.map(({ occasion }) => occasion)).toEqual(OCCASIONS)
  })

  const OCCASIONS = ['uncaughtException', 'unhandledRejection']

  function listeners(): readonly { occasion: string; listener: NodeJS.ExitListener }[] {
    return OCCASIONS.flatMap((occasion) =>
      process.listeners(occasion as 'exit').map((listener) => ({ occasion, listener }))
    )
  }
})

describe('the services', () => {
  test('get the folders of the user and what only a desktop can', async () => {
    await fixture.start({ chosenFile: '/a.yaml', answer: () => 0 })
    const { abilities, ...made } = fixture.made!
    expect(made).toMatchObject({
      version: '1.2.3',
      stateFolder: join(fixture.folder.path, '.local/state/switchyard/console'),
      settingsFolder: join(fixture.folder.path, '.config/switchyard')
    })
    await expect(abilities.chooseFile!()).resolves.toBe('/a.yaml')
    await abilities.openExternal!('https://example.test/a')
    expect(electronDouble.state.opened).toEqual(['https://example.test/a'])
  })

  test('open no link that the operator did not want, nor one that is no https', async () => {
    await fixture.start({ answer: () => 1 })
    const open = fixture.made!.abilities.openExternal!
    await open('https://example.test/')
    expect(electronDouble.state.dialogs.map(({ message }) => message)).toEqual([
      'Open example.test in your browser?'
    ])
    for (const url of ['http://a.test/', 'file:///etc/passwd', 'https://u:p@a.test/', 'no']) {
      await open(url)
    }
    expect(electronDouble.state.dialogs).toHaveLength(1)
    expect(electronDouble.state.opened).toEqual([])
  })

  test('keep secrets with the keyring of the system, and never with a password in the open', async () => {
    await fixture.start()
    const vault = fixture.made!.secretVault!
    expect(vault.description).toBe('GNOME keyring')
    await expect(vault.isAvailable()).resolves.toBe(true)
    const sealed = await vault.encrypt('secret')
    expect(sealed).not.toContain('secret')
    await expect(vault.decrypt(sealed)).resolves.toEqual({
      plain: 'secret',
      shouldReEncrypt: false
    })
    await fixture.dispose()

    fixture = new DesktopFixture()
    await fixture.start({ storageBackend: 'basic_text' })
    await expect(fixture.made!.secretVault!.isAvailable()).resolves.toBe(false)
  })

  test('keep settings in the same file as under Node, beside the place of the window', async () => {
    const window = await fixture.start()
    const file = fixture.made!.openSettings!({
      folder: fixture.made!.settingsFolder,
      name: 'switchyard-settings'
    })
    file.store = { schemaVersion: 1, preferences: {} }
    window.moveTo({ x: 20, y: 30, width: 1000, height: 700 })
    fixture.clock.advance(500)
    expect(file.store).toEqual({
      schemaVersion: 1,
      preferences: {},
      window: { bounds: { x: 20, y: 30, width: 1000, height: 700 }, isMaximized: false }
    })
    await fixture.dispose()
  })
})

describe('a start that fails', () => {
  test('ends what it has started: the services may have an engine already', async () => {
    // There is no picture for it.
    fixture.verdict = { ...fixture.verdict, status: 'odd' as never }
    await expect(fixture.start()).rejects.toThrow('There is no picture')
    expect(fixture.stops).toBe(1)
    expect(existsSync(join(fixture.made!.stateFolder, 'lock'))).toBe(false)
  })
})

describe('app://console/', () => {
  test('is a secure standard scheme', async () => {
    await fixture.start()
    expect([...electronDouble.state.schemes]).toEqual([
      ['app', { standard: true, secure: true, supportFetchAPI: true, codeCache: true }]
    ])
  })

  test('serves the page with its policy, and without the fields that abort a renderer', async () => {
    await fixture.start()
    const response = await ask(PAGE_URL)
    expect(await response.text()).toBe('<title>page</title>')
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('cross-origin-opener-policy')).toBeNull()
    expect(response.headers.get('cross-origin-resource-policy')).toBeNull()
  })

  test('serves the assets, and a head without a body', async () => {
    await fixture.start()
    expect(await (await ask('app://console/assets/a-1.js')).text()).toBe('1')
    const head = await ask(PAGE_URL, 'HEAD')
    expect({ status: head.status, body: await head.text() }).toEqual({ status: 200, body: '' })
  })

  test.each([
    ['app://console/absent', 'GET', 404],
    ['app://console/../../etc/passwd', 'GET', 404],
    ['app://console/%2e%2e/package.json', 'GET', 404],
    ['app://elsewhere/', 'GET', 404],
    [PAGE_URL, 'POST', 405]
  ])('answers %s %s with %i', async (url, method, status) => {
    await fixture.start()
    expect((await ask(url, method)).status).toBe(status)
  })
})

describe('the page', () => {
  test.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])(
    'may stay with us and go nowhere else on %s',
    async (event) => {
      const { contents } = await fixture.start()
      expect(contents.allows(event, 'app://console/assets/')).toBe(true)
      expect(contents.allows(event, 'https://example.test/')).toBe(false)
      expect(contents.allows(event, 'app://console.evil/')).toBe(false)
      expect(contents.allows(event, 'file:///etc/passwd')).toBe(false)
    }
  )

  test('may neither embed a page nor open a window; a link goes to the browser', async () => {
    const { contents } = await fixture.start({ answer: () => 0 })
    expect(contents.allows('will-attach-webview', PAGE_URL)).toBe(false)
    expect(contents.openAction(PAGE_URL)).toBe('deny')
    expect(contents.openAction('file:///etc/passwd')).toBe('deny')
    expect(contents.openAction('https://example.test/')).toBe('deny')
    await turns()
    expect(electronDouble.state.opened).toEqual(['https://example.test/'])
  })

  test('may copy and fill the screen, and nothing else; no other page may even that', async () => {
    await fixture.start()
    const handlers = electronDouble.state.permissionHandlers
    const check = handlers.get('check') as (c: null, permission: string, origin: string) => boolean
    const request = handlers.get('request') as (
      contents: null,
      permission: string,
      answer: (isGranted: boolean) => void,
      details: { isMainFrame: boolean; requestingUrl: string }
    ) => void
    const asked = (permission: string, requestingUrl = PAGE_URL, isMainFrame = true): boolean => {
      let isGranted = false
      const details = { isMainFrame, requestingUrl }
      request(null, permission, (answer) => (isGranted = answer), details)
      return isGranted
    }
    expect(['clipboard-sanitized-write', 'fullscreen'].map((one) => asked(one))).toEqual([
      true,
      true
    ])
    expect(['media', 'clipboard-read', 'openExternal', 'hid'].map((one) => asked(one))).toEqual(
      Array(4).fill(false)
    )
    expect(asked('fullscreen', 'https://example.test/')).toBe(false)
    expect(asked('fullscreen', PAGE_URL, false)).toBe(false)
    expect(check(null, 'fullscreen', PAGE_URL)).toBe(true)
    expect(check(null, 'geolocation', PAGE_URL)).toBe(false)
    expect(check(null, 'fullscreen', 'https://example.test/')).toBe(false)
    expect((handlers.get('device') as () => boolean)()).toBe(false)
  })
})
