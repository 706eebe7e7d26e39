/**
 * The path that routes are matched against. Without it `/public/%2e%2e/admin` would be
 * routed as `/public` while the backend serves `/admin`.
 */

const SLASH = 0x2f
const BACKSLASH = 0x5c
const DOT = 0x2e
const PERCENT = 0x25

/**
 * Whether `normalisePath` could change this path. One pass, no allocation: nearly every
 * path answers no and is matched as it is.
 */
export function needsNormalising(path: string): boolean {
  let isAfterSlash = false
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i)
    if (code === SLASH) {
      if (isAfterSlash) return true
      isAfterSlash = true
    } else {
      if (code === PERCENT || code === BACKSLASH || (isAfterSlash && code === DOT)) return true
      isAfterSlash = false
    }
  }
  return false
}

/**
 * The normal form of RFC 3986 section 6.2.2: percent-encoded unreserved characters decoded,
 * other escapes in upper case, dot segments resolved (never above the root); beyond the RFC,
 * a backslash counts as a slash and runs of slashes as one, because common backends treat
 * them so. `%2F` and `%5C` stay data.
 *
 * Undefined when backends are known to disagree about where the path leads: a dot segment
 * together with an encoded slash or backslash (`/a/..%2Fadmin`), or one with a path
 * parameter (`/a/..;/admin`, which servlet containers resolve). Such a path matches no route.
 */
export function normalisePath(raw: string): string | undefined {
  if (!raw.startsWith('/')) return raw
  const decoded = decodeUnreserved(raw)
  if (isAmbiguous(decoded)) return undefined
  return decoded.includes('//') || decoded.includes('/.') ? resolveSegments(decoded) : decoded
}

function resolveSegments(decoded: string): string {
  const kept: string[] = []
  const segments = decoded.split('/')
  for (const segment of segments) {
    if (segment === '..') kept.pop()
    else if (segment !== '.' && segment !== '') kept.push(segment)
  }
  const last = segments.at(-1)
  const isDirectory = last === '' || last === '.' || last === '..'
  return kept.length === 0 ? '/' : `/${kept.join('/')}${isDirectory ? '/' : ''}`
}

/**
 * A configured prefix as request paths are compared with it: `/caf%c3%a9/` and `/caf%C3%A9`
 * are one prefix. Without a slash at its end, unless it is `/`.
 */
export function comparablePrefix(pathPrefix: string): string {
  const normal = normalisePath(pathPrefix) ?? pathPrefix
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal
}

function decodeUnreserved(raw: string): string {
  let decoded = ''
  let copied = 0
  for (let i = 0; i < raw.length; i++) {
    const code = raw.charCodeAt(i)
    if (code !== PERCENT && code !== BACKSLASH) continue
    const escaped = code === PERCENT ? escapedCode(raw, i) : undefined
    const end = escaped === undefined ? i + 1 : i + 3
    const replacement = code === BACKSLASH ? '/' : normaliseEscape(raw.slice(i, end), escaped)
    decoded += raw.slice(copied, i) + replacement
    copied = end
    i = end - 1
  }
  return decoded + raw.slice(copied)
}

/** `code`: undefined for a percent sign that begins no escape and stays as it is. */
function normaliseEscape(escape: string, code: number | undefined): string {
  return code !== undefined && isUnreserved(code) ? String.fromCharCode(code) : escape.toUpperCase()
}

/** The character code of the escape at `percent`, or undefined where no two hex digits follow. */
function escapedCode(raw: string, percent: number): number | undefined {
  const high = hexDigit(raw.charCodeAt(percent + 1))
  const low = hexDigit(raw.charCodeAt(percent + 2))
  return high === undefined || low === undefined ? undefined : high * 16 + low
}

function hexDigit(code: number): number | undefined {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : undefined
}

/** RFC 3986 section 2.3: letters, digits, "-", ".", "_", "~". */
function isUnreserved(code: number): boolean {
  const lower = code | 0x20
  return (
    (lower >= 0x61 && lower <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2d ||
    code === DOT ||
    code === 0x5f ||
    code === 0x7e
  )
}

function isAmbiguous(decoded: string): boolean {
  const hasEncodedSeparator = decoded.includes('%2F') || decoded.includes('%5C')
  if (!hasEncodedSeparator && !decoded.includes(';')) return false
  const separated = decoded.replaceAll('%2F', '/').replaceAll('%5C', '/')
  return separated.split('/').some((segment) => {
    const semicolon = segment.indexOf(';')
    if (semicolon === -1) return hasEncodedSeparator && isDotSegment(segment)
    return isDotSegment(segment.slice(0, semicolon))
  })
}

function isDotSegment(segment: string): boolean {
  return segment === '.' || segment === '..'
}
