/**
 * The desktop host keeps to Electron's security checklist in the source and in what is built:
 * what must not be there is not, and what guards is where it is looked for.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  CONTENT_SECURITY_POLICY,
  HTTP_ONLY_HEADERS,
  SHARED_HEADERS
} from '../../main/page/page-headers.ts'
import { windowOptions } from '../../main/electron/window-options.ts'
import { ensureFreshBuild } from '../setup/fresh-build.ts'

const ROOT = join(import.meta.dirname, '../..')
const PRODUCT = ['main', 'preload', 'renderer', 'proxy-core']

interface Source {
  readonly path: string
  readonly text: string
}

const SOURCES: readonly Source[] = PRODUCT.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter(({ name }) => /\.(ts|svelte)$/.test(name) && !name.endsWith('.test.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((path) => !path.includes('/testing/'))
    .map((path) => ({ path, text: withoutComments(readFileSync(join(ROOT, path), 'utf8')) }))
)

function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}

function filesWith(pattern: RegExp): readonly string[] {
  return SOURCES.filter(({ text }) => pattern.test(text)).map(({ path }) => path)
}

describe('only main/electron', () => {
  test('and the preload entry load electron', () => {
    const loading = filesWith(/(?:from|import\(|require\()\s*['"]electron(?:-store)?['"/]/)
    const strangers = loading.filter((path) => !path.startsWith('main/electron/'))
    expect(strangers).toEqual(['preload/index.ts'])
    expect(loading.length).toBeGreaterThan(10)
  })
})

describe('messages from the page', () => {
  test('are taken in one place, which proves the sender', () => {
    expect(filesWith(/ipcMain\.(on|once|handle|handleOnce|addListener)\b/)).toEqual([
      'main/electron/page-messages.ts'
    ])
    const guard = SOURCES.find(({ path }) => path === 'main/electron/page-messages.ts')!.text
    const taken = guard.slice(guard.indexOf('ipcMain.on('))
    expect(taken.indexOf('isTrustedSender(event.senderFrame)')).toBeGreaterThan(0)
    expect(taken.indexOf('isTrustedSender(')).toBeLessThan(taken.indexOf('take('))
  })

  test('are checked against a schema', () => {
    const guard = SOURCES.find(({ path }) => path === 'main/electron/page-messages.ts')!.text
    expect(guard).toMatch(/schema\.safeParse\(message\)[^]*checked\.success\) take\(checked\.data/)
    expect(filesWith(/\bonPageMessage\([A-Z_]+, \w+Schema,/)).toEqual([
      'main/electron/page-ports.ts'
    ])
  })
})

describe('links outside the console', () => {
  test('are opened in one place, which asks first and takes https only', () => {
    expect(filesWith(/shell\.(openExternal|openPath)/)).toEqual(['main/electron/external-links.ts'])
  })
})

describe('the desktop host', () => {
  test.each([
    [
      'weakens no web preference',
      /nodeIntegration\w*:\s*true|webSecurity|allowRunningInsecure|experimentalFeatures|enableBlinkFeatures|webviewTag|nodeIntegrationIn/
    ],
    [
      'switches no sandbox or isolation off',
      /sandbox:\s*false|contextIsolation:\s*false|no-sandbox/
    ],
    ['loads no file and no remote page', /loadFile\(|file:\/\/|loadURL\(['"`]https?:/],
    ['runs no text as code in the page', /executeJavaScript|insertCSS|eval\(|new Function/],
    ['trusts no address by how it begins', /url\.startsWith|origin\.startsWith/],
    [
      'uses no old call of safeStorage',
      /\b(encryptString|decryptString|isEncryptionAvailable|setUsePlainTextEncryption)\b/
    ]
  ])('%s', (_what, pattern) => {
    const found = filesWith(pattern).filter((path) => /^(main|preload)\//.test(path))
    expect(found).toEqual([])
  })

  test('makes one kind of window, sandboxed and isolated', () => {
    expect(filesWith(/new BrowserWindow\(/)).toEqual(['main/electron/console-window.ts'])
    expect(filesWith(/new (WebContentsView|BrowserView)\(/)).toEqual([])
    const install = { root: '', version: '', rendererFolder: '', preloadFile: 'p', iconFile: '' }
    const bounds = { x: 0, y: 0, width: 1, height: 1 }
    expect(windowOptions(install, bounds).webPreferences).toEqual({
      ...{ preload: 'p', sandbox: true, contextIsolation: true, nodeIntegration: false },
      spellcheck: false
    })
  })

  test('asks no server of its own accord: Chromium would for the dictionaries of a spell checker', () => {
    expect(filesWith(/setSpellCheckerEnabled\(false\)/)).toEqual(['main/electron/content-guard.ts'])
    expect(filesWith(/setSpellChecker(?!Enabled\(false\))|spellcheck: true/)).toEqual([])
  })

  test('answers pages under the policy, without the fields that abort a renderer', () => {
    expect(CONTENT_SECURITY_POLICY.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "style-src-attr 'unsafe-inline'",
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'"
    ])
    expect(SHARED_HEADERS['content-security-policy']).toBe(CONTENT_SECURITY_POLICY)
    const shared = Object.keys(SHARED_HEADERS)
    expect(Object.keys(HTTP_ONLY_HEADERS).filter((name) => shared.includes(name))).toEqual([])
    const protocol = SOURCES.find(({ path }) => path === 'main/electron/page-protocol.ts')!.text
    expect(protocol).not.toContain('HTTP_ONLY_HEADERS')
  })
})

describe('the built preload script', () => {
  let bundle = ''
  beforeAll(async () => {
    await ensureFreshBuild()
    bundle = readFileSync(join(ROOT, 'out/preload/index.cjs'), 'utf8')
  }, 60_000)

  test('requires electron and uses two objects of it', () => {
    const required = [...bundle.matchAll(/require\(["'`]([^"'`]+)["'`]\)/g)].map(([, name]) => name)
    expect(required).toEqual(['electron'])
    const used = [...bundle.matchAll(/electron\d*\.(\w+)/g)].map(([, name]) => name!)
    expect([...new Set(used)].sort()).toEqual(['contextBridge', 'ipcRenderer'])
  })

  test('puts one object into the page, and nothing of Electron in it', () => {
    expect(bundle.match(/exposeInMainWorld/g)).toHaveLength(1)
    expect(bundle).not.toMatch(/ipcRenderer\.(invoke|sendSync|sendToHost|postMessage)/)
  })
})
