/** From Vector's `http_server` source to a listener, and to what its routes begin with. */
import { parseHostPort, pathPrefix } from '../../../proxy-core/model/schema/addresses.ts'
import { DraftMap } from '../draft-map.ts'
import type { TomlEntry } from '../toml/toml-document.ts'
import { find, flagOf, textOf, textsOf, type Component } from './component.ts'
import { SOURCE_NOTES } from './source-notes.ts'
import { lineComment, type Translation } from './translation.ts'

/** `http` is the older name of the same source. */
export const HTTP_SOURCES: readonly string[] = ['http_server', 'http']

export interface SourceListener {
  readonly source: Component
  readonly name: string
  readonly draft: DraftMap
  /** What requests must have for Vector to take them, where the file says so. */
  readonly path: Demand | null
  readonly method: Demand | null
}

export interface Demand {
  readonly text: string
  readonly entry: TomlEntry
}

/** Where a listener is put whose address cannot be read. */
const STAND_IN_HOST = '127.0.0.1'
const STAND_IN_PORT = 8080

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']

const UNKNOWN_KEY = {
  why: 'It is no option of the http_server source that is known here.'
} as const

/** `taken`: ports that other sources listen on. */
export function translateSource(
  source: Component,
  taken: ReadonlySet<number>,
  translation: Translation
): SourceListener {
  const name = translation.nameFor('listener', source.id)
  const draft = new DraftMap(`listeners[${name}]`)
  draft.set('name', name, lineComment(source.entry))
  translateType(source, draft, translation)
  translateAddress(source, taken, draft, translation)
  translateTls(source, draft, translation)
  for (const key of ['headers', 'query_parameters']) {
    const entry = find(source.table, key)
    if (entry === undefined || textsOf(entry) === undefined) continue
    const why = 'Everything that a request carries is passed on, not only what is listed.'
    translation.ledger.translated(entry, draft.path, { why })
  }
  const path = demandedPath(source, translation)
  const method = demandedMethod(source, translation)
  translation.leaveRest(source, SOURCE_NOTES, UNKNOWN_KEY)
  return { source, name, draft, path, method }
}

function translateType(
  { type, table }: Component,
  draft: DraftMap,
  translation: Translation
): void {
  const old = type === 'http' ? ' The source is called `http_server` today.' : ''
  const remark = translation.once('source', {
    why: 'Clients get the answer of the backend. Where `method` and `path` are not written, every method and path is taken.',
    origin: `It answers by itself, 200 without a body, and clients never see what the backend says. Other methods than POST get 405, other paths than / get 404.${old}`,
    instead: 'Write `methods: [POST]` at the route to go on refusing the others.'
  })
  translation.ledger.translated(find(table, 'type')!, draft.path, remark)
}

function translateAddress(
  source: Component,
  taken: ReadonlySet<number>,
  draft: DraftMap,
  translation: Translation
): void {
  const entry = find(source.table, 'address')
  const text = textOf(entry) ?? ''
  if (entry !== undefined && parseHostPort(text) !== undefined) {
    translation.put(draft, 'address', text, entry)
    return
  }
  let port = STAND_IN_PORT
  while (taken.has(port)) port++
  const address = `${STAND_IN_HOST}:${port}`
  draft.set('address', address, 'not known: put the right one in')
  const why = text.includes('$')
    ? 'Variables are read for secrets only, so the address is not known here.'
    : 'It names no host and port to listen on.'
  const instead = `Put the address in; until then the listener is on ${address}.`
  if (entry !== undefined) translation.ledger.left(entry, { why, instead })
  else translation.ledger.translated(find(source.table, 'type')!, draft.path, { why, instead })
}

function translateTls({ table }: Component, draft: DraftMap, translation: Translation): void {
  const certificate = find(table, 'tls', 'crt_file')
  const key = find(table, 'tls', 'key_file')
  const enabled = find(table, 'tls', 'enabled')
  const isOff = flagOf(enabled) !== true
  const files = [certificate, key].flatMap((entry) => (entry === undefined ? [] : [entry]))
  if (isOff) {
    const why = 'The source speaks TLS only with `tls.enabled = true`.'
    for (const entry of files) translation.ledger.left(entry, { why })
    if (enabled !== undefined) translation.ledger.translated(enabled, draft.path)
    return
  }
  const isWhole = files.length === 2 && files.every((entry) => isFileName(textOf(entry)))
  if (certificate === undefined || key === undefined || !isWhole) {
    const why = 'A listener with TLS needs a certificate and its key, each in a file in PEM.'
    const instead = '`tls: { certificates: [{ cert: site.pem, key: site.key }] }` of the listener.'
    for (const entry of [...files, enabled!]) translation.ledger.left(entry, { why, instead })
    return
  }
  const pair = new DraftMap(`${draft.path}.tls.certificates[0]`)
  translation.put(pair, 'cert', textOf(certificate)!, certificate)
  translation.put(pair, 'key', textOf(key)!, key)
  translation.put(draft.child('tls'), 'certificates', [pair], enabled!)
}

/** Vector takes the certificate itself in its place, too; a DER file or an archive is not PEM. */
function isFileName(text: string | undefined): boolean {
  return text !== undefined && text !== '' && !/[\n$]|-----BEGIN|\.(?:p12|pfx|der)$/.test(text)
}

function demandedPath({ table }: Component, translation: Translation): Demand | null {
  const entry = find(table, 'path')
  const strict = find(table, 'strict_path')
  const text = textOf(entry)
  if (strict !== undefined) {
    const why = 'A prefix takes what is below it, too: /logs takes /logs/x.'
    if (flagOf(strict) === true) translation.ledger.left(strict, { why })
    else translation.ledger.translated(strict, 'routes[].path_prefix')
  }
  if (entry === undefined || text === undefined) return null
  if (text === '' || text === '/') {
    translation.ledger.translated(entry, 'routes[].path_prefix')
    return null
  }
  const prefix = pathPrefix().safeParse(text.startsWith('/') ? text : `/${text}`)
  if (prefix.success) return { text: prefix.data, entry }
  translation.ledger.left(entry, { why: 'It is no path that a request has.' })
  return null
}

function demandedMethod({ table }: Component, translation: Translation): Demand | null {
  const entry = find(table, 'method')
  const text = textOf(entry)?.toUpperCase()
  if (entry === undefined || text === undefined) return null
  if (METHODS.includes(text)) return { text, entry }
  translation.ledger.left(entry, { why: 'It is no method that a request has.' })
  return null
}
