/** Answers `app://console/…` from the built page, as the web host does over HTTP. */
import { protocol } from 'electron'
import type { PageFiles } from '../page/page-files.ts'
import { fileHeaders, SHARED_HEADERS } from '../page/page-headers.ts'
import { isOwnPage, SCHEME } from './page-origin.ts'

/** Must run once and before the application is ready; Electron ignores it afterwards. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true }
    }
  ])
}

export function servePage(files: PageFiles): void {
  protocol.handle(SCHEME, (request) => answerPage(request, files))
}

export function answerPage(request: Pick<Request, 'url' | 'method'>, files: PageFiles): Response {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405)
  const file = isOwnPage(request.url) ? files.get(new URL(request.url).pathname) : undefined
  if (file === undefined) return refuse(404)
  const body = request.method === 'HEAD' ? null : file.body
  return new Response(body, { headers: fileHeaders(file) })
}

function refuse(status: 404 | 405): Response {
  return new Response(null, { status, headers: SHARED_HEADERS })
}
