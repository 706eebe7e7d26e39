/** The request target that a backend receives. */
import type { RouteSettings } from '../model/settings.ts'
import { comparablePrefix, needsNormalising, normalisePath } from './path-normal-form.ts'

/**
 * `path` as received, without query; `query` from its "?" on, or ''. Only for requests that
 * the route matched.
 *
 * Without `replacePrefix` the path goes out byte for byte as it came in. With it, the prefix
 * is cut off the normal form of the path, the one that the route was matched on: a prefix
 * cannot be cut from `/x/../api/y`, and what follows it must not begin with `//`, which
 * some backends take for a host name. The query is never touched.
 */
export function rewriteTarget(settings: RouteSettings, path: string, query: string): string {
  const { replacePrefix, pathPrefix } = settings
  // `OPTIONS *` is about the server and has no prefix.
  if (replacePrefix === null || !path.startsWith('/')) return path + query
  const normal = (needsNormalising(path) ? normalisePath(path) : path) ?? path
  const prefix = needsNormalising(pathPrefix) ? comparablePrefix(pathPrefix) : pathPrefix
  const rest = prefix === '/' ? normal : normal.slice(prefix.length)
  const rewritten = withoutTrailingSlash(replacePrefix) + rest
  return (rewritten.startsWith('/') ? rewritten : `/${rewritten}`) + query
}

function withoutTrailingSlash(prefix: string): string {
  return prefix.endsWith('/') ? prefix.slice(0, -1) : prefix
}
