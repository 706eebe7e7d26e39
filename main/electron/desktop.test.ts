/**
 * The desktop host against the Electron double, which throws on any call, option or order that
 * it does not model: the window is sandboxed, the page is served with its policy, and the page
 * can neither leave, nor open, nor get, nor call anything more.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { electronDouble } from '../../test/electron-double/electron.ts'
import type { DoubleWindow } from '../../test/electron-double/window.ts'
import { temporaryFolder, type TemporaryFolder } from '../../test/servers/temporary-folder.ts'
import type { InstallLayout } from '../page/install-layout.ts'
import { CONTENT_SECURITY_POLICY } from '../page/page-headers.ts'
import { startDesktop } from './index.ts'
import { PAGE_URL } from './page-origin.ts'

let folder: TemporaryFolder

beforeEach(() => {
  folder = temporaryFolder()
  mkdirSync(join(folder.path, 'assets'))
  folder.write('index.html', '<title>page</title>')
  folder.write('assets/a-1.js', '1')
})
afterEach(() => folder.remove())

function install(): InstallLayout {
  return {
    root: folder.path,
    version: '1.2.3',
    rendererFolder: folder.path,
    preloadFile: '/out/preload/index.cjs',
    iconFile: '/icon.png'
  }
}

async function start(): Promise<DoubleWindow> {
  electronDouble.reset()
  const starting = startDesktop(install())
  electronDouble.becomeReady()
  await starting
  return electronDouble.state.windows[0]!
}

function ask(url: string, method = 'GET'): Response | Promise<Response> {
  return electronDouble.state.handlers.get('app')!(new Request(url, { method }))
}

function call(senderFrame: { url: string; parent: unknown } | null): unknown {
  return electronDouble.state.calls.get('switchyard:hello')!({ senderFrame })
}

describe('the window', () => {
  test('is sandboxed, isolated and without Node.js', async () => {
    const { options } = await start()
    expect(options.webPreferences).toEqual({
      preload: '/out/preload/index.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false
    })
    expect(electronDouble.state.log).toContain('enableSandbox')
  })

  test('loads the page and is shown once it has painted', async () => {
    const window = await start()
    expect(window.options['show']).toBe(false)
    expect(window.log).toEqual([`load ${PAGE_URL}`, 'show'])
  })

  test('is the only one: a second instance quits, and the first comes to the front', async () => {
    electronDouble.reset({ isFirstInstance: false })
    await startDesktop(install())
    expect(electronDouble.state.log).toEqual(['quit'])

    const window = await start()
    window.isMinimizedNow = true
    electronDouble.emit('second-instance')
    expect(window.log.slice(2)).toEqual(['restore', 'focus'])
    window.isDestroyedNow = true
    electronDouble.emit('second-instance')
    expect(window.log.slice(4)).toEqual([])
  })

  test('ends the application when it is closed', async () => {
    await start()
    electronDouble.emit('window-all-closed')
    expect(electronDouble.state.log).toContain('quit')
  })

  test('is never opened when the page was not built', async () => {
    electronDouble.reset()
    await expect(
      startDesktop({ ...install(), rendererFolder: join(folder.path, 'absent') })
    ).rejects.toMatchObject({ code: 'INSTALLATION_INCOMPLETE' })
  })
})

describe('app://console/', () => {
  test('is a secure standard scheme', async () => {
    await start()
    expect([...electronDouble.state.schemes]).toEqual([
      ['app', { standard: true, secure: true, supportFetchAPI: true, codeCache: true }]
    ])
  })

  test('serves the page with its policy, and without the fields that abort a renderer', async () => {
    await start()
    const response = await ask(PAGE_URL)
    expect(await response.text()).toBe('<title>page</title>')
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('cross-origin-opener-policy')).toBeNull()
    expect(response.headers.get('cross-origin-resource-policy')).toBeNull()
  })

  test('serves the assets, and a head without a body', async () => {
    await start()
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
    await start()
    expect((await ask(url, method)).status).toBe(status)
  })
})

describe('the page', () => {
  test.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])(
    'may stay with us and go nowhere else on %s',
    async (event) => {
      const { contents } = await start()
      expect(contents.allows(event, 'app://console/assets/')).toBe(true)
      expect(contents.allows(event, 'https://example.test/')).toBe(false)
      expect(contents.allows(event, 'app://console.evil/')).toBe(false)
      expect(contents.allows(event, 'file:///etc/passwd')).toBe(false)
    }
  )

  test('may neither embed a page nor open a window, not even of ours', async () => {
    const { contents } = await start()
    expect(contents.allows('will-attach-webview', PAGE_URL)).toBe(false)
    expect(contents.openAction('https://example.test/')).toBe('deny')
    expect(contents.openAction(PAGE_URL)).toBe('deny')
  })

  test('gets no permission, whether it asks or looks', async () => {
    await start()
    const handlers = electronDouble.state.permissionHandlers
    const answers: boolean[] = []
    const request = handlers.get('request') as (
      contents: null,
      permission: string,
      answer: (isGranted: boolean) => void
    ) => void
    request(null, 'media', (isGranted) => answers.push(isGranted))
    expect(answers).toEqual([false])
    expect((handlers.get('check') as () => boolean)()).toBe(false)
    expect((handlers.get('device') as () => boolean)()).toBe(false)
  })
})

describe('a call', () => {
  test('is answered to the main frame of our page', async () => {
    await start()
    expect(call({ url: PAGE_URL, parent: null })).toMatchObject({
      version: '1.2.3',
      host: { kind: 'desktop' }
    })
  })

  test.each([
    ['another site', { url: 'https://example.test/', parent: null }],
    ['a frame inside our page', { url: PAGE_URL, parent: {} }],
    ['a frame that is gone', null]
  ])('is refused to %s', async (_who, frame) => {
    await start()
    expect(() => call(frame)).toThrow('open to the console page only')
  })
})
