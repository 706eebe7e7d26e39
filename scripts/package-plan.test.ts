/** What is packaged without a homepage and a maintainer, and what is not. */
import { describe, expect, test } from 'vitest'
import { planPackage } from './package-plan.ts'

const NAMES = {
  SWITCHYARD_HOMEPAGE: 'https://ops.test/switchyard',
  SWITCHYARD_MAINTAINER: 'Ops team <ops@ops.test>'
}
const AS_OPTIONS = [
  '-c.extraMetadata.homepage=https://ops.test/switchyard',
  '-c.linux.maintainer=Ops team <ops@ops.test>'
]

describe('planPackage', () => {
  test.each([
    [['--linux', 'dir']],
    [['--linux', 'AppImage', '--x64']],
    [['--linux=AppImage']],
    [['-l', 'dir']],
    [['--dir']],
    [['--mac']],
    [['--win', 'nsis']]
  ])('%j needs no names', (words) => {
    expect(planPackage(words, {}, 'linux')).toEqual({ isPossible: true, words, note: null })
  })

  test('another system needs none either', () => {
    expect(planPackage([], {}, 'darwin')).toEqual({ isPossible: true, words: [], note: null })
  })

  test.each([
    [['--linux', 'deb']],
    [['--linux', 'AppImage', 'rpm', '--x64']],
    [['--linux=deb']],
    [['-l', 'rpm']]
  ])('%j is refused in a sentence, and made once they are given', (words) => {
    expect(planPackage(words, {}, 'linux')).toEqual({
      isPossible: false,
      reason:
        'A deb and an rpm name a homepage and a maintainer, and this repository has none: ' +
        'set SWITCHYARD_HOMEPAGE to a URL and SWITCHYARD_MAINTAINER to "Name <address>". ' +
        'Or use --linux AppImage.'
    })
    expect(planPackage(words, NAMES, 'linux')).toEqual({
      isPossible: true,
      words: [...words, ...AS_OPTIONS],
      note: null
    })
    const inWords = [...words, ...AS_OPTIONS]
    expect(planPackage(inWords, {}, 'linux')).toMatchObject({ isPossible: true, words: inWords })
  })

  test('without a wish it makes what needs no names, and says what it leaves out', () => {
    for (const words of [[], ['--linux']]) {
      expect(planPackage(words, {}, 'linux')).toMatchObject({
        isPossible: true,
        words: ['--linux', 'AppImage'],
        note: expect.stringMatching(/^Only an AppImage is made\. /) as string
      })
    }
    expect(planPackage(['--x64'], {}, 'linux')).toMatchObject({
      words: ['--linux', 'AppImage', '--x64']
    })
    expect(planPackage([], NAMES, 'linux')).toMatchObject({ words: AS_OPTIONS, note: null })
  })

  test.each([
    [{ ...NAMES, SWITCHYARD_HOMEPAGE: 'switchyard' }],
    [{ ...NAMES, SWITCHYARD_HOMEPAGE: undefined }],
    [{ ...NAMES, SWITCHYARD_MAINTAINER: 'Ops team' }],
    [{ ...NAMES, SWITCHYARD_MAINTAINER: '' }]
  ])('names that are none do not count: %j', (environment) => {
    expect(planPackage(['--linux', 'deb'], environment, 'linux').isPossible).toBe(false)
  })
})
