/** How the console's window is made. The page in it is as powerless as a web page. */
import type { BrowserWindowConstructorOptions } from 'electron'
import type { InstallLayout } from '../page/install-layout.ts'
import { SMALLEST, type Area } from './window-place.ts'

/** Isolation and sandbox are Electron's defaults; they are written out so that a test holds them. */
export function windowOptions(
  install: InstallLayout,
  bounds: Area
): BrowserWindowConstructorOptions {
  return {
    title: 'Switchyard',
    ...bounds,
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    // Shown when the page has painted, so that no blank frame flashes up.
    show: false,
    icon: install.iconFile,
    webPreferences: {
      preload: install.preloadFile,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      // Names of pools are no prose, and dictionaries come from a server.
      spellcheck: false
    }
  }
}
