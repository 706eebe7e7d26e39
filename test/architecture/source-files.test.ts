/** What every file of the repository has in common: bounded length, and no trace of one machine. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const MAX_LINES = 600
const CODE = new Set(['.ts', '.js', '.cjs', '.mjs', '.svelte', '.css', '.sh'])
const TEXT = new Set([...CODE, '.md', '.json', '.yaml', '.yml', '.html', ''])

const NOT_OURS = new Set(['.git', 'node_modules', 'out', 'dist', 'coverage', '.svelte-check'])

const FILES = readdirSync(ROOT)
  .filter((name) => !NOT_OURS.has(name))
  .flatMap((name) => filesBelow(name))

function filesBelow(path: string): readonly string[] {
  if (!statSync(join(ROOT, path)).isDirectory()) return [path]
  return readdirSync(join(ROOT, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

describe('source files', () => {
  test(`have at most ${MAX_LINES} lines`, () => {
    const tooLong = FILES.filter((path) => CODE.has(extname(path)))
      .map((path) => ({ path, lines: read(path).split('\n').length - 1 }))
      .filter(({ lines }) => lines > MAX_LINES)
    expect(tooLong).toEqual([])
  })

  test('name no folder of the machine they were written on', () => {
    // The checkout's own folder, and the home folders of people and of root.
    const traces = [`${ROOT}/`, ...['home', 'Users'].map((folder) => `/${folder}/`), '/root/']
    const found = FILES.filter((path) => TEXT.has(extname(path)))
      .filter((path) => path !== 'package-lock.json')
      .flatMap((path) => {
        const text = read(path)
        return traces.filter((trace) => text.includes(trace)).map((trace) => ({ path, trace }))
      })
      .filter(({ path }) => path !== 'test/architecture/source-files.test.ts')
    expect(found).toEqual([])
  })

  test('keep the address of a package registry out of the lock file', () => {
    expect(read('package-lock.json')).not.toContain('"resolved"')
  })
})
