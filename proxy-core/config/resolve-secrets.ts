/**
 * Secrets that a document only names, read from where they are. `{ env }` and `{ file }` are read
 * by whoever needs the value: the engine for what traffic uses, the control plane for what it
 * sends. `{ secret }` is the control plane's alone, which has the store; it puts the value into
 * the document before that goes to an engine.
 */
import { readFileSync, statSync } from 'node:fs'
import type { ConfigPath } from '../model/config-problem.ts'
import type { SecretSource } from '../model/schema/words.ts'
import type { Finding } from './finding.ts'
import { resolvePath } from './resolve-files.ts'
import { findSecrets } from './secret-walk.ts'

/** Far above any key or password: a wrong path shall not read a log into memory. */
const MAX_FILE_BYTES = 64 * 1024

/** What `{ secret: name }` stands for. */
export type StoredSecrets =
  | { readonly kind: 'known'; readonly values: ReadonlyMap<string, string> }
  /** Nobody can look the name up: it is a problem. */
  | { readonly kind: 'refused' }
  /** Whoever runs the document looks it up: it stays as it is. */
  | { readonly kind: 'later' }

export interface SecretAccess {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly stored: StoredSecrets
}

export interface SecretSources extends SecretAccess {
  /** Where relative paths start; absolute. */
  readonly baseDir: string
}

export interface ResolvedSecrets {
  /** The same document where nothing was named; else a copy with every value that was found. */
  readonly document: unknown
  /** One SECRET_UNAVAILABLE for each that was not; never with a value in it. */
  readonly findings: readonly Finding[]
}

/**
 * Reads every secret that the schema knows. Never throws. Files are small, regular ones, read at
 * once: a pipe that nobody writes to must not stop whoever loads a configuration.
 */
export function resolveSecrets(document: unknown, sources: SecretSources): ResolvedSecrets {
  return replaceReferences(document, (reference) => valueOf(reference, sources))
}

/** Puts in what the control plane keeps, and leaves `{ env }` and `{ file }` to the reader. */
export function putStoredSecrets(
  document: unknown,
  values: ReadonlyMap<string, string>
): ResolvedSecrets {
  const stored = { kind: 'known', values } as const
  return replaceReferences(document, (reference) =>
    reference.source === 'secret' ? storedValue(reference.target, stored) : null
  )
}

/** The names that the document expects in the store, each once. */
export function storedSecretNames(document: unknown): readonly string[] {
  const names = references(document).filter(({ source }) => source === 'secret')
  return [...new Set(names.map(({ target }) => target))]
}

/**
 * The text of a secret in a validated document. null: absent, or named in a document that was
 * read without its secrets, where only its shape counts.
 */
export function secretText(value: SecretSource | undefined): string | null {
  return typeof value === 'string' ? value : null
}

/** Every secret of the schema that is written out where it could have been named. */
export function* lintSecrets(document: unknown): Generator<Finding> {
  for (const { node, path, kind } of findSecrets(document, childrenOf)) {
    if (kind !== 'option' || typeof node !== 'string') continue
    const message = `\`${String(path.at(-1))}\` is a secret and stands in the file as it is.`
    const hint = 'Write `{ env: NAME }` or `{ file: path }` in its place.'
    yield { code: 'LITERAL_SECRET', path, at: 'value', message, hint }
  }
}

interface Reference {
  readonly path: ConfigPath
  readonly source: string
  readonly target: string
}

/** The value, what is wrong with it, or null where it shall stay a reference. */
type Lookup = { readonly text: string } | Unavailable | null

interface Unavailable {
  readonly message: string
  readonly hint: string
}

function replaceReferences(
  document: unknown,
  lookUp: (reference: Reference) => Lookup
): ResolvedSecrets {
  const found = references(document).map((reference) => ({ reference, is: lookUp(reference) }))
  const findings = found.flatMap(({ reference, is }): readonly Finding[] =>
    is === null || 'text' in is
      ? []
      : [{ code: 'SECRET_UNAVAILABLE', path: reference.path, at: 'value', ...is }]
  )
  const values = found.flatMap(({ reference, is }) =>
    is !== null && 'text' in is ? [{ path: reference.path, text: is.text }] : []
  )
  if (values.length === 0) return { document, findings }
  const copy = structuredClone(document)
  for (const { path, text } of values) put(copy, path, text)
  return { document: copy, findings }
}

function references(document: unknown): readonly Reference[] {
  return [...findSecrets(document, childrenOf)].flatMap(({ node, path, kind }) => {
    if (kind !== 'option' || !isMapping(node)) return []
    const [entry, ...others] = Object.entries(node)
    if (entry === undefined || others.length > 0) return []
    const [source, target] = entry
    return typeof target === 'string' && target !== '' ? [{ path, source, target }] : []
  })
}

function put(document: unknown, path: ConfigPath, text: string): void {
  let holder = document
  for (const step of path.slice(0, -1)) holder = (holder as Record<string | number, unknown>)[step]
  ;(holder as Record<string | number, unknown>)[path.at(-1)!] = text
}

function valueOf({ source, target }: Reference, sources: SecretSources): Lookup {
  switch (source) {
    case 'env':
      return environmentValue(target, sources.environment)
    case 'file':
      return fileValue(target, sources.baseDir)
    case 'secret':
      return storedValue(target, sources.stored)
    default:
      // The schema says what is wrong with it.
      return null
  }
}

function environmentValue(name: string, environment: SecretAccess['environment']): Lookup {
  const text = Object.hasOwn(environment, name) ? environment[name] : undefined
  if (text) return { text }
  const what = text === undefined ? 'is not set' : 'is empty'
  return {
    message: `The secret comes from the environment variable ${name}, which ${what}.`,
    hint: `Set ${name} where Switchyard is started, and start it again.`
  }
}

function fileValue(path: string, baseDir: string): Lookup {
  const file = resolvePath(path, baseDir)
  try {
    const about = statSync(file)
    if (!about.isFile()) return unreadable(file, 'it is not a regular file')
    if (about.size > MAX_FILE_BYTES) return unreadable(file, 'it has more than 64 KiB')
    const text = readFileSync(file, 'utf8').replace(/\r?\n$/, '')
    return text === '' ? unreadable(file, 'it is empty') : { text }
  } catch (error) {
    return unreadable(file, error instanceof Error ? error.message : String(error))
  }
}

function unreadable(file: string, reason: string): Unavailable {
  return {
    message: `The secret comes from ${file}, which cannot be used: ${reason}.`,
    hint: 'Relative paths start at the folder of the configuration file.'
  }
}

function storedValue(name: string, stored: StoredSecrets): Lookup {
  if (stored.kind === 'later') return null
  if (stored.kind === 'refused') {
    return {
      message: `The secret ${JSON.stringify(name)} is in the store of the console, which only the console can open.`,
      hint: 'Write `{ env: NAME }` or `{ file: path }`, or open the file in the console.'
    }
  }
  const text = stored.values.get(name)
  if (text) return { text }
  return {
    message: `No secret of the name ${JSON.stringify(name)} is stored in this console.`,
    hint: 'Save it in Settings, or write `{ env: NAME }` or `{ file: path }`.'
  }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function childrenOf(value: unknown): Iterable<readonly [step: string | number, unknown]> {
  if (Array.isArray(value)) return value.entries() as Iterable<readonly [number, unknown]>
  return isMapping(value) ? Object.entries(value) : []
}
