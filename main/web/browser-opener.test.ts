/** Opening a browser: only where it can be seen, and never fatal. */
import { describe, expect, test } from 'vitest'
import { browserCommand, openBrowser } from './browser-opener.ts'

const URL = 'http://127.0.0.1:1/enter?link=a'
const SEEN = { isRoot: false, environment: { DISPLAY: ':0' } }

describe('browserCommand', () => {
  test.each([
    ['linux', 'xdg-open'],
    ['darwin', 'open'],
    ['win32', 'rundll32']
  ] as const)('uses on %s the program %s', (platform, file) => {
    const command = browserCommand({ ...SEEN, platform }, URL)
    expect(command?.file).toBe(file)
    expect(command?.args.at(-1)).toBe(URL)
  })

  test('opens none without a display, nor where BROWSER says none', () => {
    expect(browserCommand({ platform: 'linux', isRoot: false, environment: {} }, URL)).toBeNull()
    const environment = { DISPLAY: ':0', BROWSER: 'none' }
    expect(browserCommand({ platform: 'linux', isRoot: false, environment }, URL)).toBeNull()
  })
})

describe('openBrowser', () => {
  test('says whether the program could be started', async () => {
    await expect(openBrowser({ file: process.execPath, args: ['-e', '0'] })).resolves.toBe(true)
    await expect(openBrowser({ file: 'no-such-browser', args: [] })).resolves.toBe(false)
  })
})
