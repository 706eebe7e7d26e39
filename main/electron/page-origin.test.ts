/** Which addresses are pages of ours: compared by part, because prefixes lie. */
import { describe, expect, test } from 'vitest'
import { isOwnPage, PAGE_URL } from './page-origin.ts'

describe('isOwnPage', () => {
  test.each([PAGE_URL, 'app://console/assets/a.js', 'app://console/?a#b'])('knows %s', (url) => {
    expect(isOwnPage(url)).toBe(true)
  })

  test.each([
    'app://console.evil/',
    'app://console:80/',
    'app://user@console/',
    'app://other/',
    'https://console/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'about:blank',
    ''
  ])('does not know "%s"', (url) => {
    expect(isOwnPage(url)).toBe(false)
  })
})
