/** Mounts the console page and connects it to its host. */
import './backend/no-eval.ts'
import { mount } from 'svelte'
import { connectConsole } from './backend/connect.ts'
import ConsoleApp from './console-app.svelte'
import { browserPage } from './state/page.ts'
import { ConsoleState } from './state/console-state.svelte.ts'
import './styles/fonts.css'
import './styles/tokens.css'
import './styles/base.css'
import './shell/shell.css'

const target = document.getElementById('console')
if (target === null) throw new Error('The page has no element to mount the console in.')

let state: ConsoleState | null = null

const client = connectConsole(window, (error) => {
  // Before there is a console there is no place to tell it but the browser's own.
  if (state === null) reportError(error)
  else state.toasts.problem(error)
})

function createState(): ConsoleState {
  return (state ??= new ConsoleState(client, browserPage(window)))
}

mount(ConsoleApp, { target, props: { client, createState } })
