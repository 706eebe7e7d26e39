/** Contract: every directory entry on the way to a file is known, so that replacing one is seen. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../test/servers/temporary-folder.ts'
import { watchedPaths } from './watched-paths.ts'

let root: string

beforeEach(() => {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  root = folder.path
})

function watched(file: string): Record<string, string[]> {
  const entries = [...watchedPaths(join(root, file))]
  return Object.fromEntries(
    entries.map(([folder, names]) => [folder.slice(root.length + 1), [...names]])
  )
}

test('a plain file is watched in its folder, also before it exists', () => {
  expect(watched('a.yaml')).toEqual({ '': ['a.yaml'] })
})

test('a link is watched where it lies and where it leads to', () => {
  mkdirSync(join(root, 'real'))
  writeFileSync(join(root, 'real', 'b.yaml'), '')
  symlinkSync('real/b.yaml', join(root, 'a.yaml'))
  expect(watched('a.yaml')).toEqual({ '': ['a.yaml'], real: ['b.yaml'] })
})

test("a Kubernetes ConfigMap's chain of links is watched as a whole", () => {
  mkdirSync(join(root, 'etc', '..1'), { recursive: true })
  writeFileSync(join(root, 'etc', '..1', 'a.yaml'), '')
  symlinkSync('..1', join(root, 'etc', '..data'))
  symlinkSync('..data/a.yaml', join(root, 'etc', 'a.yaml'))
  expect(watched('etc/a.yaml')).toEqual({ etc: ['a.yaml', '..data'], 'etc/..1': ['a.yaml'] })
})

test('a linked folder on the way is watched, as releases are swapped', () => {
  mkdirSync(join(root, 'v1', 'conf'), { recursive: true })
  symlinkSync(join(root, 'v1'), join(root, 'current'))
  expect(watched('current/conf/a.yaml')).toEqual({
    'current/conf': ['a.yaml'],
    '': ['current'],
    'v1/conf': ['a.yaml']
  })
})

test('links in a circle end', () => {
  symlinkSync('b', join(root, 'a'))
  symlinkSync('a', join(root, 'b'))
  expect(watched('a')).toEqual({ '': ['a', 'b'] })
})
