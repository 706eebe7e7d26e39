/** `npm start`: the console, in a window where one can be opened, else in a browser. */
import { runConsoleProcess } from '../main/web/console-process.ts'

await runConsoleProcess({ host: process.argv.includes('--web') ? 'web' : 'auto' })
