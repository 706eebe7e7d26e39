/** When the test set-up may install packages, and how it calls apt. */
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { temporaryFolder, type TemporaryFolder } from '../servers/temporary-folder.ts'
import { installPackages, mayInstall, type InstallFacts } from './debian-packages.ts'

const WILLING: InstallFacts = { isRoot: true, isDebian: true, environment: { CI: 'true' } }

describe('mayInstall', () => {
  test('wants root, Debian and a request, all three', () => {
    expect(mayInstall(WILLING)).toBe(true)
    expect(mayInstall({ ...WILLING, isRoot: false })).toBe(false)
    expect(mayInstall({ ...WILLING, isDebian: false })).toBe(false)
    expect(mayInstall({ ...WILLING, environment: {} })).toBe(false)
  })

  test.each([
    [{ SWITCHYARD_TEST_INSTALL: '1' }, true],
    [{ SWITCHYARD_TEST_INSTALL: '0', CI: '' }, false],
    [{ CI: 'false' }, false]
  ])('takes %o for %s', (environment, isAsked) => {
    expect(mayInstall({ ...WILLING, environment })).toBe(isAsked)
  })
})

describe('installPackages', () => {
  let folder: TemporaryFolder
  let calls: string[]

  beforeEach(() => {
    folder = temporaryFolder()
    calls = []
  })
  afterEach(() => folder.remove())

  /** An apt-get whose first `failures` calls of `install` fail. */
  function install(failures: number): Promise<void> {
    let left = failures
    const aptGet = (args: readonly string[]): Promise<void> => {
      calls.push(args.join(' '))
      if (args[0] !== 'install' || left === 0) return Promise.resolve()
      left -= 1
      return Promise.reject(new Error('Unable to locate package'))
    }
    return installPackages(['haproxy', 'wrk'], aptGet, join(folder.path, 'policy-rc.d'))
  }

  const INSTALL = 'install --yes --no-install-recommends haproxy wrk'

  test('fetches no lists where the packages are known', async () => {
    await install(0)
    expect(calls).toEqual([INSTALL])
  })

  test('fetches the lists once where the first attempt fails', async () => {
    await install(1)
    expect(calls).toEqual([INSTALL, 'update', INSTALL])
  })

  test('gives up after the second attempt with what apt said', async () => {
    await expect(install(2)).rejects.toThrow('Unable to locate package')
  })
})
