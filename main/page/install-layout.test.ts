/** Where the installation lies: found by its own package.json, from any depth. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { temporaryFolder, type TemporaryFolder } from '../../test/servers/temporary-folder.ts'
import { findInstall } from './install-layout.ts'

let folder: TemporaryFolder

beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

describe('findInstall', () => {
  test('passes over the package.json of others on its way up', () => {
    const chunks = join(folder.path, 'out/main/chunks')
    mkdirSync(chunks, { recursive: true })
    folder.write('package.json', '{"name":"switchyard","version":"9.8.7"}')
    folder.write('out/package.json', '{"name":"something-else","version":"1.0.0"}')
    expect(findInstall(chunks)).toMatchObject({
      root: folder.path,
      version: '9.8.7',
      rendererFolder: join(folder.path, 'out/renderer')
    })
  })

  test('says that the installation is incomplete where no folder above is ours', () => {
    expect(() => findInstall(folder.path)).toThrow(
      expect.objectContaining({ code: 'INSTALLATION_INCOMPLETE' })
    )
  })
})
