/** How the console's window is made. The page in it is as powerless as a web page. */
import type { BrowserWindowConstructorOptions } from 'electron'
import type { InstallLayout } from '../page/install-layout.ts'

/** Isolation and sandbox are Electron's defaults; they are written out so that a test holds them. */
export function windowOptions(install: InstallLayout): BrowserWindowConstructorOptions {
  return {
    title: 'Switchyard',
    width: 1280,
    height: 800,
    minWidth: 960,
    minHeight: 600,
    // Shown when the page has painted, so that no blank frame flashes up.
    show: false,
    autoHideMenuBar: true,
    icon: install.iconFile,
    webPreferences: {
      preload: install.preloadFile,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false
    }
  }
}
