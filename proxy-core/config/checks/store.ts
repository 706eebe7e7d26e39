/** Options of stored requests that contradict each other, or lack what they need. */
import { DEFAULT_STORE, DEFAULT_STORE_ROUTE } from '../../model/default-store.ts'
import { MAX_STORED_BODY, storeRouteOptions } from '../../model/schema/store.ts'
import { formatSize, parseSize } from '../../model/units.ts'
import { comparablePrefix } from '../../routing/path-normal-form.ts'
import type { Finding } from '../finding.ts'
import type { LooseNode } from '../loose-document.ts'

const STORE_ONLY = Object.keys(storeRouteOptions)
const HOLD_ONLY = ['timeout']
/** Of `max_size`: what one request may take; see `proxy-core/store/request-log.ts`. */
const LARGEST_PART = 8

export function* checkStore(root: LooseNode): Generator<Finding> {
  const routes = root.at('routes').items
  for (const route of routes) {
    const buffer = route.at('buffer')
    const mode = buffer.at('mode')
    if (mode.text === undefined) continue
    const isStoring = mode.text === 'store'
    yield* checkKeys(buffer, isStoring ? HOLD_ONLY : STORE_ONLY, mode.text)
    if (!isStoring) continue
    if (!root.has('buffer')) yield missingDirectory(mode)
    yield* checkBodyLimit(buffer, root.at('buffer'))
    yield* checkStatusPath(route, routes)
  }
}

function* checkKeys(buffer: LooseNode, keys: readonly string[], mode: string): Generator<Finding> {
  for (const key of keys) {
    if (!buffer.has(key)) continue
    const { path } = buffer.at(key)
    const message = `\`${key}\` says nothing with \`mode: ${mode}\`.`
    yield { code: 'CONFLICT', path, at: 'key', message, hint: 'Take it out, or change the mode.' }
  }
}

function missingDirectory({ path }: LooseNode): Finding {
  return {
    ...{ code: 'MISSING', path, at: 'value' },
    message: 'This route stores requests, and the file does not say where.',
    hint: 'Add `buffer: { directory: ./buffer }` at the top level.'
  }
}

function* checkBodyLimit(buffer: LooseNode, store: LooseNode): Generator<Finding> {
  const limit = sizeOf(buffer.at('body_limit'))
  if (limit === undefined) return
  const maxSize = sizeOf(store.at('max_size')) ?? DEFAULT_STORE.maxBytes
  const most = Math.min(MAX_STORED_BODY, Math.floor(maxSize / LARGEST_PART))
  if (limit <= most) return
  const why = most === MAX_STORED_BODY ? '' : `, an eighth of \`buffer.max_size\``
  yield {
    ...{ code: 'OUT_OF_RANGE', path: buffer.at('body_limit').path, at: 'value' },
    message: `No request with a body of more than ${formatSize(most)} can be stored${why}.`,
    hint: null
  }
}

/** The status of stored requests goes before every route: one behind it would never be taken. */
function* checkStatusPath(route: LooseNode, routes: readonly LooseNode[]): Generator<Finding> {
  const written = route.at('buffer').at('status_path')
  const status = comparablePrefix(written.text ?? DEFAULT_STORE_ROUTE.statusPath)
  if (status === '/') {
    const message = 'The status of stored requests cannot take every path of a listener.'
    yield { code: 'BAD_VALUE', path: written.path, at: 'value', message, hint: null }
    return
  }
  for (const other of routes) {
    const prefix = comparablePrefix(other.at('path_prefix').text ?? '/')
    if (prefix !== status && !prefix.startsWith(`${status}/`)) continue
    yield {
      ...{ code: 'CONFLICT', path: other.at('path_prefix').path, at: 'value' },
      message: `${status} is where clients ask for the status of stored requests.`,
      hint: 'Choose another path here, or a `status_path` at the route that stores.'
    }
  }
}

function sizeOf({ value }: LooseNode): number | undefined {
  return typeof value === 'number' ? value : parseSize(String(value))
}
