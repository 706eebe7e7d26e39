/** The keyboard, in a browser at the console's link. */
import { requires } from '../setup/requirements.ts'
import { keyboardSuite } from './suites/keyboard-suite.ts'
import { startWebStage } from './web-stage.ts'

requires('chromium-headless-shell')('over a WebSocket', () => keyboardSuite('web', startWebStage))
