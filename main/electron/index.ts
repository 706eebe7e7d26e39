/**
 * The desktop host, in Electron's main process: one window with the console page, and as little
 * else as possible. Nothing outside this folder imports `electron`.
 */
import { app, BrowserWindow } from 'electron'
import { HELLO_CHANNEL } from '../../preload/contract/bridge.ts'
import { helloFrom } from '../page/hello.ts'
import { findInstall, type InstallLayout } from '../page/install-layout.ts'
import { readPageFiles } from '../page/page-files.ts'
import { denyPermissions, guardContents } from './content-guard.ts'
import { answerCall } from './page-calls.ts'
import { PAGE_URL } from './page-origin.ts'
import { registerPageScheme, servePage } from './page-protocol.ts'
import { windowOptions } from './window-options.ts'

/** Runs the desktop host for the life of this process; a failed start is one sentence. */
export function runDesktop(): void {
  startDesktop(findInstall()).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    app.exit(1)
  })
}

/**
 * Resolves when the window has loaded the page, or at once where another instance already runs
 * and takes over. The first part must run before Electron is ready, so nothing awaits there.
 * @throws SwitchyardError INSTALLATION_INCOMPLETE when the page was not built.
 */
export async function startDesktop(install: InstallLayout): Promise<void> {
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  app.enableSandbox()
  registerPageScheme()
  guardContents()
  app.on('window-all-closed', () => app.quit())

  const files = readPageFiles(install.rendererFolder)
  await app.whenReady()
  denyPermissions()
  servePage(files)
  answerCall(HELLO_CHANNEL, () => helloFrom('desktop', install.version))
  await openWindow(install)
}

async function openWindow(install: InstallLayout): Promise<void> {
  const window = new BrowserWindow(windowOptions(install))
  window.once('ready-to-show', () => window.show())
  app.on('second-instance', () => {
    if (window.isDestroyed()) return
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  await window.loadURL(PAGE_URL)
}
