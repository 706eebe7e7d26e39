/** Electron's entry point: the desktop window, or a command of the CLI. */
import { runDesktop } from './electron/index.ts'

runDesktop()
