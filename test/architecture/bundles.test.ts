/**
 * What the build made: the entries that plain Node runs never load Electron, and the sandboxed
 * preload script loads nothing else.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ensureFreshBuild } from '../setup/fresh-build.ts'

const OUT = join(import.meta.dirname, '../../out')

/** Every way in which rolldown writes the load of a module. */
const LOADS = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)["'`]([^"'`\n]+)["'`]/g

function loadsOf(file: string): readonly string[] {
  return [...readFileSync(file, 'utf8').matchAll(LOADS)].map((match) => match[1]!)
}

/** The entry and every chunk that it reaches, with all that they load from outside. */
function reachableFrom(entry: string): ReadonlySet<string> {
  const outside = new Set<string>()
  const seen = new Set<string>()
  const queue = [join(OUT, entry)]
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    for (const specifier of loadsOf(file)) {
      if (specifier.startsWith('.')) queue.push(join(dirname(file), specifier))
      else outside.add(specifier)
    }
  }
  return outside
}

beforeAll(ensureFreshBuild, 60_000)

describe('the entries for Node', () => {
  test.each(['main/cli.js', 'main/headless.js', 'main/engine.js'])(
    '%s and its chunks do not load electron',
    (entry) => {
      const loaded = reachableFrom(entry)
      expect(loaded.size).toBeGreaterThan(0)
      expect([...loaded].filter((name) => name.startsWith('electron'))).toEqual([])
    }
  )
})

describe('the entry for Electron', () => {
  test('loads electron, which proves that a load would be seen', () => {
    expect(reachableFrom('main/index.js')).toContain('electron')
  })
})

describe('the preload script', () => {
  test('is one CommonJS file that loads electron and nothing else', () => {
    expect(readdirSync(join(OUT, 'preload'))).toEqual(['index.cjs'])
    expect(loadsOf(join(OUT, 'preload/index.cjs'))).toEqual(['electron'])
  })
})

describe('the page', () => {
  test('refers to files of its own only, and has nothing inline', () => {
    const html = readFileSync(join(OUT, 'renderer/index.html'), 'utf8')
    const references = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!)
    expect(references.length).toBeGreaterThan(1)
    for (const reference of references) {
      expect(reference).toMatch(/^\.\/assets\//)
      expect(existsSync(join(OUT, 'renderer', reference))).toBe(true)
    }
    expect(html).not.toMatch(/<style|<script(?![^>]* src=)|style="/)
  })
})
