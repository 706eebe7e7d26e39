/**
 * What no page may do, whatever it contains: leave the console, open a window, embed another
 * page, or get a permission. Registered on every web contents, not on the window, so that no
 * later window can be forgotten (points 5 and 11 to 14 of Electron's security checklist).
 */
import { app, session } from 'electron'
import { isOwnPage } from './page-origin.ts'

/** Must run before the first window is made. */
export function guardContents(): void {
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
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  })
}

/**
 * Denies every permission. Both handlers are needed: without the check handler Electron
 * reports each permission as granted. Must run after the application is ready.
 */
export function denyPermissions(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) =>
    answer(false)
  )
  session.defaultSession.setPermissionCheckHandler(() => false)
  session.defaultSession.setDevicePermissionHandler(() => false)
}
