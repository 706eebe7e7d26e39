/**
 * The desktop host, in Electron's main process. Nothing outside this folder imports `electron`.
 * The same program is the `switchyard` command of the packaged application.
 */
import { app, dialog } from 'electron'
import { systemClock } from '../../proxy-core/time/clock.ts'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import { findInstall } from '../page/install-layout.ts'
import { readPageFiles } from '../page/page-files.ts'
import { commandWords } from './command-words.ts'
import { ConsoleDesktop, type DesktopParts } from './console-desktop.ts'
import { guardContents, limitSession } from './content-guard.ts'
import { surviveDefects } from './desktop-defects.ts'
import { quitOnSignals } from './desktop-signals.ts'
import { openExternalLink } from './external-links.ts'
import { forwardCommand } from './forward-command.ts'
import { registerPageScheme, servePage } from './page-protocol.ts'

/** As in electron-builder.yml: Windows shows notifications of known applications only. */
const APP_ID = 'dev.switchyard.console'

/** Runs the desktop host, or a command, for the life of this process. */
export function runDesktop(): void {
  const words = commandWords(process.argv, process.defaultApp)
  if (words.length > 0) {
    void forwardCommand(words)
    return
  }
  const parts = desktopParts()
  surviveDefects(parts.say)
  startDesktop(parts).catch(failStart)
}

function desktopParts(): DesktopParts {
  return {
    install: findInstall(),
    environment: process.env,
    platform: process.platform,
    clock: systemClock,
    // Loaded here, so that the commands start without the console's services.
    createConsole: async (parts) => (await import('../console/console.ts')).createConsole(parts),
    say: (line) => void process.stderr.write(`${line}\n`)
  }
}

/**
 * A failed start is one sentence: on standard error for a terminal, in a box for a desktop. No
 * engine runs: what has started one ends in order, see `ConsoleDesktop.load`.
 */
function failStart(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  const remedy = error instanceof SwitchyardError ? ` ${error.remedy}` : ''
  process.stderr.write(`switchyard: ${message}${remedy}\n`)
  dialog.showErrorBox('Switchyard could not be started', `${message}${remedy}`)
  app.exit(1)
}

/**
 * Resolves when the window has loaded the page or quits because it cannot, and at once where
 * another instance already runs and takes over. The first part must run before Electron is ready, so nothing awaits there.
 * @throws SwitchyardError INSTALLATION_INCOMPLETE when the page was not built; CONSOLE_RUNNING
 * when a browser's console runs; STATE_UNUSABLE.
 */
export async function startDesktop(parts: DesktopParts): Promise<void> {
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  app.enableSandbox()
  if (parts.platform === 'win32') app.setAppUserModelId(APP_ID)
  registerPageScheme()
  guardContents((address) => {
    void openExternalLink(address).catch((error: unknown) =>
      parts.say(`A link was not opened: ${String(error)}`)
    )
  })
  const files = readPageFiles(parts.install.rendererFolder)
  await app.whenReady()
  limitSession()
  servePage(files)
  const desktop = await ConsoleDesktop.open(parts)
  app.on('second-instance', () => desktop.show())
  // The Dock's icon was clicked while the window is hidden.
  app.on('activate', () => desktop.show())
  quitOnSignals(desktop, parts.clock)
  await desktop.load()
}
