/**
 * The console over an invented fleet, to look at its screens without a host: `?scene=` chooses the
 * fleet. Never part of the product: no page of the build refers to it.
 */
import '../../backend/no-eval.ts'
import { mount } from 'svelte'
import ConsoleRoot from '../../shell/console-root.svelte'
import { ConsoleState } from '../../state/console-state.svelte.ts'
import { browserPage } from '../../state/page.ts'
import '../../styles/fonts.css'
import '../../styles/tokens.css'
import '../../styles/base.css'
import '../../shell/shell.css'
import { PreviewBackend } from './preview-backend.ts'
import { sceneOf } from './scenes.ts'

const target = document.getElementById('console')
if (target === null) throw new Error('The page has no element to mount the console in.')

const scene = sceneOf(new URLSearchParams(window.location.search).get('scene'))
const state = new ConsoleState(new PreviewBackend(scene), browserPage(window))
mount(ConsoleRoot, { target, props: { console: state } })
