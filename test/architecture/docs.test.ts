/**
 * Contract: what the documentation says of the code is so. Links lead somewhere, files, commands
 * and options exist, YAML loads, and tables of constants and phases are those of the source.
 */
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../main/cli/commands.ts'
import { loadConfig } from '../../proxy-core/config/load-config.ts'
import { ClientPhase } from '../../proxy-core/listener/client-phase.ts'
import { isEligible, ADMIN_STATES, HEALTH_STATES } from '../../proxy-core/model/states.ts'
import { Phase as UpstreamPhase } from '../../proxy-core/upstream/upstream-connection.ts'
import {
  anchors,
  codeBlocks,
  codeSpans,
  localLinks,
  markdownFiles,
  readText,
  ROOT,
  tableRows
} from './markdown.ts'

const FILES = markdownFiles()
const OURS = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'docs/README.md',
  'docs/architecture.md',
  'docs/guides/console.md',
  'docs/guides/failover.md',
  'docs/guides/first-steps.md',
  'docs/guides/hold.md',
  'docs/guides/reload-and-shutdown.md',
  'docs/guides/store.md',
  'docs/guides/tls.md',
  'docs/guides/vector.md',
  'docs/guides/kubernetes.md'
]
const ARCHITECTURE = readText('docs/architecture.md')

describe.each(FILES)('%s', (file) => {
  const text = readText(file)

  test('links only to files and headings that exist', () => {
    const broken = localLinks(text).filter(({ target }) => !leadsSomewhere(file, target))
    expect(broken).toEqual([])
  })

  test('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> }
    const named = [...text.matchAll(/\bnpm run ([a-z:]+)/g)].map(([, name]) => name!)
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })

  test('calls only commands and options of switchyard that exist', () => {
    const calls = [
      ...text.matchAll(/\b(?:npx |bin\/)?switchyard(?:\.cjs)? ((?:[a-z]+|--)[^\n`|]*)/g)
    ]
      .map(([, words]) => words!)
      .filter((words) => isCall(words))
    expect(calls.filter((words) => unknownPart(words) !== null)).toEqual([])
  })
})

describe.each(OURS)('%s', (file) => {
  const text = readText(file)

  test('names only files and folders that exist', () => {
    const missing = codeSpans(text)
      .filter((span) =>
        /^(proxy-core|main|preload|renderer|test|resources|scripts|docs|bin)\/[\w./-]+$/.test(span)
      )
      .filter((path) => !existsSync(join(ROOT, path)))
    expect(missing).toEqual([])
  })

  test('shows only configurations that load without a warning', () => {
    for (const { text: yaml } of codeBlocks(text).filter(({ language }) => language === 'yaml')) {
      const result = loadConfig(yaml, { file: 'example.yaml', baseDir: '/etc/switchyard' })
      expect(result.ok ? result.warnings : result.problems, yaml).toEqual([])
    }
  })
})

test('README.md is short enough to be read', () => {
  expect(readText('README.md').split('\n').length).toBeLessThan(200)
})

test('docs/README.md links every page', () => {
  const index = localLinks(readText('docs/README.md')).map(
    ({ target }) => `docs/${target.split('#')[0]!}`
  )
  const pages = FILES.filter((file) => file.startsWith('docs/') && file !== 'docs/README.md')
  expect(pages.filter((page) => !index.includes(page))).toEqual([])
})

describe('docs/architecture.md', () => {
  test.each(tableRows(ARCHITECTURE, '## Memory and backpressure'))(
    'has %s = %s as %s has it',
    (name, value, file) => {
      const constant = new RegExp(`\\b${plain(name)}(?: =|:) ${escaped(plain(value))}[,\\n ]`)
      expect(constant.test(readText(plain(file)))).toBe(true)
    }
  )

  test.each([
    ["### Phases of a client's connection", ClientPhase],
    ['### Phases of a connection to a backend', UpstreamPhase]
  ])('has every phase under "%s"', (heading, phases) => {
    const documented = tableRows(ARCHITECTURE, heading).map(([name]) => plain(name))
    expect(documented).toEqual(Object.keys(phases))
  })

  test('says of each pair of states whether it is eligible', () => {
    const rows = tableRows(ARCHITECTURE, '## States of a backend')
    expect(rows.map(([admin, ...cells]) => [plain(admin), ...cells])).toEqual(
      ADMIN_STATES.map((admin) => [
        admin,
        ...['unknown', 'up', 'slow_start', 'down'].map((health) => {
          const known = HEALTH_STATES.find((state) => state === health)!
          return isEligible(admin, known) ? '**yes**' : 'no'
        })
      ])
    )
  })

  test('maps every folder of the core with what it really imports', () => {
    const rows = tableRows(ARCHITECTURE, '## The map')
    const folders = readdirSync(join(ROOT, 'proxy-core'))
    expect(rows.map(([folder]) => plain(folder)).toSorted()).toEqual(
      folders.map((folder) => `proxy-core/${folder}`).toSorted()
    )
    const documented = rows.map(([folder, , imports]) => [plain(folder), foldersIn(imports ?? '')])
    const actual = rows.map(([folder]) => [plain(folder), importsOf(plain(folder))])
    const isEngine = ([folder]: readonly unknown[]): boolean => folder === 'proxy-core/engine'
    expect(documented.filter((row) => !isEngine(row))).toEqual(
      actual.filter((row) => !isEngine(row))
    )
  })

  test('follows a request through files that exist', () => {
    const steps = sectionOf(ARCHITECTURE, '## The life of a request')
    const files = codeSpans(steps).filter((span) => /^[\w-]+\/[\w-]+\.ts$/.test(span))
    expect(files.length).toBeGreaterThan(20)
    expect(files.filter((file) => !existsSync(join(ROOT, 'proxy-core', file)))).toEqual([])
  })

  test('explains every word that the access log has for an end', () => {
    const explained = tableRows(ARCHITECTURE, "### Answers of the balancer's own")
      .flatMap(([, words]) => (words ?? '').split(', '))
      .map(plain)
    const used = ['exchange', 'listener', 'intake', 'pool', 'upstream', 'engine'].flatMap(
      (folder) =>
        sourcesOf(`proxy-core/${folder}`).flatMap((file) => terminationsIn(readText(file)))
    )
    expect([...new Set(used)].toSorted()).toEqual([...new Set(explained)].toSorted())
  })
})

function leadsSomewhere(file: string, target: string): boolean {
  const [path, anchor] = target.split('#') as [string, string | undefined]
  const found = path === '' ? file : normalize(join(dirname(file), path))
  if (!existsSync(join(ROOT, found))) return false
  return anchor === undefined || anchors(readText(found)).has(anchor)
}

/** Prose has the word too: "switchyard is", "switchyard under Node". */
function isCall(words: string): boolean {
  const [first = ''] = words.split(/\s/)
  return first.startsWith('--') || COMMANDS.some(({ name }) => name === first)
}

/** The first word of a call that the command line would refuse; null when there is none. */
function unknownPart(words: string): string | null {
  const [name, ...rest] = words.replace(/\s+#.*$/, '').split(/\s+/)
  const command = COMMANDS.find((one) => one.name === name)
  const known = [...(command?.options ?? []).map((option) => option.name), 'help', 'version']
  const options = [name ?? '', ...rest].filter((word) => /^--[a-z]/.test(word))
  return options.find((word) => !known.includes(word.slice(2).replace(/[^a-z-].*$/, ''))) ?? null
}

function importsOf(folder: string): readonly string[] {
  const imported = sourcesOf(folder).flatMap((file) =>
    [...readText(file).matchAll(/from '((?:\.\.?\/)+[\w./-]+)'/g)].map(
      ([, path]) => normalize(join(dirname(file), path!)).split('/')[1]!
    )
  )
  const own = folder.split('/')[1]!
  return [...new Set(imported)].filter((one) => ![own, 'model', 'time'].includes(one)).toSorted()
}

/** What ships: no tests, no doubles, no samples. */
function sourcesOf(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|^(testing|fixtures)\//.test(file))
    .map((file) => `${folder}/${file}`)
}

function foldersIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`([\w-]+)`/g)].map(([, folder]) => folder!)
}

/** As a member of a refusal, or as the last argument of a call that ends an exchange. */
function terminationsIn(source: string): readonly string[] {
  const words = [
    ...source.matchAll(/\btermination: '([a-z_]+)'/g),
    ...source.matchAll(/\babort\('([a-z_]+)'\)/g),
    ...source.matchAll(/\btermination = '([a-z_]+)'/g),
    ...source.matchAll(/\bbreakOff\([^;]*?\? '([a-z_]+)' : '([a-z_]+)'\)/g)
  ]
  return words.flatMap(([, ...found]) => found.filter((word) => word !== undefined))
}

function sectionOf(text: string, heading: string): string {
  const start = text.indexOf(`\n${heading}\n`) + heading.length + 2
  const level = heading.split(' ')[0]!
  const end = text.slice(start).search(new RegExp(`^${level} `, 'm'))
  return end < 0 ? text.slice(start) : text.slice(start, start + end)
}

function plain(cell: string | undefined): string {
  return (cell ?? '').replaceAll('`', '').trim()
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
