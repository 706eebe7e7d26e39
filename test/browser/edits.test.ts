/** Edits of a configuration, in a browser at the console's link. */
import { requires } from '../setup/requirements.ts'
import { editsSuite } from './suites/edits-suite.ts'
import { startWebStage } from './web-stage.ts'

requires('chromium-headless-shell')('over a WebSocket', () => editsSuite('web', startWebStage))
