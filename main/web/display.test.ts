/** When a window can be shown, and how its absence is explained. */
import { describe, expect, test } from 'vitest'
import { hasDisplay, whyNoWindow, type DisplayFacts } from './display.ts'

const LINUX: DisplayFacts = { platform: 'linux', isRoot: false, environment: {} }

describe('hasDisplay', () => {
  test.each([{ DISPLAY: ':0' }, { WAYLAND_DISPLAY: 'wayland-0' }])('sees %o', (environment) => {
    expect(hasDisplay({ ...LINUX, environment })).toBe(true)
  })

  test.each([{}, { DISPLAY: '' }])('sees none on Linux with %o', (environment) => {
    expect(hasDisplay({ ...LINUX, environment })).toBe(false)
  })

  test.each(['darwin', 'win32'] as const)('takes one for granted on %s', (platform) => {
    expect(hasDisplay({ ...LINUX, platform })).toBe(true)
  })
})

describe('whyNoWindow', () => {
  test('names the missing display', () => {
    expect(whyNoWindow(LINUX)).toContain('DISPLAY is not set')
  })

  test('names the sandbox to root on Linux', () => {
    const facts = { ...LINUX, isRoot: true, environment: { DISPLAY: ':0' } }
    expect(whyNoWindow(facts)).toContain('does not run as root')
  })

  test('has nothing to say to a user with a display', () => {
    expect(whyNoWindow({ ...LINUX, environment: { DISPLAY: ':0' } })).toBeNull()
  })
})
