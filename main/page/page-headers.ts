/** The header fields that every answer to the console page carries, on either host. */
import type { PageFile } from './page-files.ts'

/**
 * Nothing from elsewhere, no inline script, no inline style sheet. Style attributes are allowed:
 * Svelte's `style:` directives and the component library write them.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join('; ')

/** For every answer of both hosts. */
export const SHARED_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer'
}

/**
 * For answers over HTTP only: on a custom scheme, Chromium aborts the renderer when it meets
 * the cross-origin policies (see `express_dispatch.ts` in TriliumNext's desktop app).
 */
export const HTTP_ONLY_HEADERS: Readonly<Record<string, string>> = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY'
}

export function fileHeaders(file: PageFile): Readonly<Record<string, string>> {
  return {
    ...SHARED_HEADERS,
    'content-type': file.contentType,
    'cache-control': file.isImmutable ? 'private, max-age=31536000, immutable' : 'no-store'
  }
}
