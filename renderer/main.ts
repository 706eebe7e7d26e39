/** Mounts the console page. */
import { mount } from 'svelte'
import { greetHost } from './host/greet-host.ts'
import './styles/tokens.css'
import './styles/base.css'
import WelcomePage from './welcome-page.svelte'

const target = document.getElementById('console')
if (target === null) throw new Error('The page has no element to mount the console in.')
mount(WelcomePage, { target, props: { greeting: greetHost(window) } })
