/** What the tests of this folder ask of a Vector configuration. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { loadConfig } from '../../../../proxy-core/config/load-config.ts'
import type { ConfigProblem } from '../../../../proxy-core/model/config-problem.ts'
import type { EngineSettings } from '../../../../proxy-core/model/settings.ts'
import type { ImportEntry, ImportResult } from '../../importer.ts'
import { vectorImporter } from '../vector-importer.ts'

export interface Imported {
  readonly yaml: string
  /** The YAML as plain data. */
  readonly document: Readonly<Record<string, unknown>>
  readonly settings: EngineSettings
  readonly warnings: readonly ConfigProblem[]
  readonly entries: readonly ImportEntry[]
}

export function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/${name}.toml.txt`, import.meta.url), 'utf8')
}

export function resultOf(text: string): ImportResult {
  return vectorImporter.translate({ file: 'vector.toml', text })
}

/** Of a text that must be translated, into something that loads. */
export function imported(text: string): Imported {
  const result = resultOf(text)
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result, null, 2))
  const loaded = loadConfig(result.yaml, {
    file: 'translated.yaml',
    baseDir: '/etc/switchyard'
  })
  assert.ok(
    loaded.ok,
    loaded.ok ? '' : `${JSON.stringify(loaded.problems, null, 2)}\n${result.yaml}`
  )
  const { yaml, entries } = result
  const document = parse(yaml) as Readonly<Record<string, unknown>>
  return { yaml, document, entries, settings: loaded.settings, warnings: loaded.warnings }
}

/** `11 sinks.a.retries`: what was left, in the order of the file. */
export function leftOf(entries: readonly ImportEntry[]): readonly string[] {
  return entries.filter(({ became }) => became === null).map(({ line, path }) => `${line} ${path}`)
}

/** The entry of this key, which must be there. */
export function entryOf(entries: readonly ImportEntry[], path: string): ImportEntry {
  const found = entries.find((entry) => entry.path === path)
  assert.ok(found, `${path} is not among ${entries.map((entry) => entry.path).join(', ')}`)
  return found
}

/** A file in which these lines are added to an http sink that takes from an http_server source. */
export function withSink(...lines: readonly string[]): string {
  return `${SOURCE}[sinks.out]\ntype = "http"\ninputs = ["in"]\nuri = "http://api:80"\n${lines.map((line) => `${line}\n`).join('')}`
}

export const SOURCE = '[sources.in]\ntype = "http_server"\naddress = "127.0.0.1:8080"\n'

/** The only pool of the document. */
export function poolOf({ document }: Imported): Readonly<Record<string, unknown>> {
  const pools = document['pools'] as readonly Readonly<Record<string, unknown>>[]
  assert.equal(pools.length, 1)
  return pools[0]!
}

/** The only route of the document. */
export function routeOf({ document }: Imported): Readonly<Record<string, unknown>> {
  const routes = document['routes'] as readonly Readonly<Record<string, unknown>>[]
  assert.equal(routes.length, 1)
  return routes[0]!
}
