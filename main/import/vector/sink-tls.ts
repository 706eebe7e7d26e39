/** How Vector's `http` sink speaks TLS, and how it asks after the health of what it sends to. */
import type { DraftMap } from '../draft-map.ts'
import type { TomlEntry } from '../toml/toml-document.ts'
import { find, flagOf, textOf, type Component } from './component.ts'
import type { SinkTarget } from './sink-target.ts'
import type { Translation } from './translation.ts'

const FILES = [
  ['ca_file', 'ca'],
  ['crt_file', 'cert'],
  ['key_file', 'key']
] as const

export function translateUpstreamTls(
  sink: Component,
  { isTls }: SinkTarget,
  pool: DraftMap,
  translation: Translation
): void {
  const { table } = sink
  if (!isTls) {
    const section = find(table, 'tls')?.value
    const why = 'The `uri` is http, so there is no TLS.'
    const leaves = section?.kind === 'table' ? section.table.values() : []
    for (const leaf of leaves) translation.ledger.left(leaf, { why })
    return
  }
  const tls = pool.child('tls', 'the uri is https')
  for (const [key, option] of FILES) putFile(find(table, 'tls', key), tls, option, translation)
  const name = find(table, 'tls', 'server_name')
  const serverName = textOf(name)
  if (name !== undefined && serverName) translation.put(tls, 'server_name', serverName, name)
  const verify = find(table, 'tls', 'verify_certificate')
  const isVerified = flagOf(verify)
  if (verify === undefined || isVerified === undefined) return
  const why = 'Anyone on the way to the backend can pretend to be it.'
  translation.put(tls, 'verify', isVerified, verify, isVerified ? {} : { why })
}

function putFile(
  entry: TomlEntry | undefined,
  tls: DraftMap,
  option: 'ca' | 'cert' | 'key',
  translation: Translation
): void {
  const file = textOf(entry)
  if (entry === undefined || file === undefined) return
  if (/\n|-----BEGIN|^$/.test(file)) {
    const why = 'It is the certificate or key itself, and a file is wanted.'
    const instead = `Save it as a file, and name that: \`tls: { ${option}: … }\` of the pool.`
    translation.ledger.left(entry, { why, instead })
    return
  }
  translation.put(tls, option, file, entry)
}

export function translateHealthCheck(
  sink: Component,
  target: SinkTarget,
  pool: DraftMap,
  translation: Translation
): void {
  const whole = find(sink.table, 'healthcheck')
  const enabled = whole?.value.kind === 'flag' ? whole : find(sink.table, 'healthcheck', 'enabled')
  const uri = find(sink.table, 'healthcheck', 'uri') ?? find(sink.table, 'healthcheck_uri')
  const isOff = flagOf(enabled) === false
  if (enabled !== undefined && isOff) translation.ledger.translated(enabled, pool.path)
  const path = probedPath(textOf(uri), target)
  if (uri !== undefined && (isOff || path === undefined)) {
    const why = isOff
      ? 'The health check is switched off beside it.'
      : 'It is no URL of the backend, and each backend is probed at its own address.'
    translation.ledger.left(uri, { why, instead: '`health_check: { path: /health }` of the pool.' })
  }
  if (enabled !== undefined && !isOff)
    translateEnabled(enabled, path !== undefined, pool, translation)
  if (uri === undefined || isOff || path === undefined) return
  const check = pool.child('health_check')
  check.set('method', 'HEAD', 'as Vector asks')
  translation.put(check, 'path', path, uri, {
    why: 'It is asked all the time, and a backend that fails three times in a row gets no requests.',
    origin: 'It asks once, at its start.'
  })
  check.set('expected_status', 200, 'as Vector wants')
}

function translateEnabled(
  enabled: TomlEntry,
  hasPath: boolean,
  pool: DraftMap,
  translation: Translation
): void {
  if (hasPath) {
    translation.ledger.translated(enabled, pool.pathOf('health_check'))
    return
  }
  translation.ledger.left(enabled, {
    why: 'It names nothing that could be asked.',
    origin: 'The http sink asks nothing without `healthcheck.uri`.',
    instead: '`health_check: { path: /health }` of the pool.'
  })
}

function probedPath(uri: string | undefined, { address, isTls }: SinkTarget): string | undefined {
  const url = uri !== undefined && URL.canParse(uri) ? new URL(uri) : undefined
  if (url === undefined || url.username !== '' || !/^https?:$/.test(url.protocol)) return undefined
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  const isSame = `${url.hostname}:${port}` === address && (url.protocol === 'https:') === isTls
  return isSame ? `${url.pathname}${url.search}` : undefined
}
