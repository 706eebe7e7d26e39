/**
 * What no page may do, whatever it contains: leave the console, open a window, embed another
 * page, or get a permission that it does not need. Registered on every web contents, not on the
 * window, so that no later window can be forgotten (points 5 and 11 to 15 of Electron's security
 * checklist).
 */
import { app, session } from 'electron'
import { httpsTarget } from './external-links.ts'
import { isOwnPage } from './page-origin.ts'

/** Copying a link or a command, and the wall mode. */
const PERMISSIONS: ReadonlySet<string> = new Set(['clipboard-sanitized-write', 'fullscreen'])

/** Must run before the first window is made. `openLink` gets https addresses only. */
export function guardContents(openLink: (address: string) => void): void {
  app.on('web-contents-created', (_created, contents) => {
    contents.on('will-navigate', (event) => {
      if (!isOwnPage(event.url)) event.preventDefault()
    })
    contents.on('will-frame-navigate', (event) => {
      if (!isOwnPage(event.url)) event.preventDefault()
    })
    contents.on('will-redirect', (event) => {
      if (!isOwnPage(event.url)) event.preventDefault()
    })
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(({ url }) => {
      if (httpsTarget(url) !== null) openLink(url)
      return { action: 'deny' }
    })
  })
}

/**
 * Both handlers are needed: without the check handler Electron reports each permission as
 * granted. The spell checker would fetch its dictionaries from a server of Google's. Must run after
 * the application is ready.
 */
export function limitSession(): void {
  session.defaultSession.setSpellCheckerEnabled(false)
  session.defaultSession.setPermissionRequestHandler((_contents, permission, answer, details) => {
    const isOurs = details.isMainFrame && isOwnPage(details.requestingUrl)
    answer(isOurs && PERMISSIONS.has(permission))
  })
  session.defaultSession.setPermissionCheckHandler(
    (_contents, permission, origin) => isOwnPage(origin) && PERMISSIONS.has(permission)
  )
  session.defaultSession.setDevicePermissionHandler(() => false)
}
