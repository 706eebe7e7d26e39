/** Electron's entry point. */
import { runDesktop } from './electron/index.ts'

runDesktop()
