/** The page in memory: what a browser may ask for is exactly what the build left in its folder. */
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { temporaryFolder, type TemporaryFolder } from '../../test/servers/temporary-folder.ts'
import { readPageFiles } from './page-files.ts'

let folder: TemporaryFolder

beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

describe('readPageFiles', () => {
  test('serves index.html at the root and hashed assets as immutable', () => {
    folder.write('index.html', '<!doctype html>')
    mkdirSync(join(folder.path, 'assets'))
    folder.write('assets/index-1a2b.js', 'export {}')
    const files = readPageFiles(folder.path)
    expect([...files.keys()].sort()).toEqual(['/', '/assets/index-1a2b.js'])
    expect(files.get('/')).toMatchObject({
      contentType: 'text/html; charset=utf-8',
      isImmutable: false
    })
    expect(files.get('/assets/index-1a2b.js')).toMatchObject({
      contentType: 'text/javascript; charset=utf-8',
      isImmutable: true
    })
  })

  test('leaves out links to elsewhere and files of no known type', () => {
    folder.write('index.html', '<!doctype html>')
    folder.write('index.js.map', '{}')
    symlinkSync('/etc/passwd', join(folder.path, 'passwd.html'))
    expect([...readPageFiles(folder.path).keys()]).toEqual(['/'])
  })

  test('says that the page is not built where the folder or its index is missing', () => {
    const incomplete = expect.objectContaining({ code: 'INSTALLATION_INCOMPLETE' })
    expect(() => readPageFiles(folder.path)).toThrow(incomplete)
    expect(() => readPageFiles(join(folder.path, 'absent'))).toThrow(incomplete)
  })
})
