/** Requests that wait for a backend or an operator, in a browser at the console's link. */
import { requires } from '../setup/requirements.ts'
import { holdSuite } from './suites/hold-suite.ts'
import { startWebStage } from './web-stage.ts'

requires('chromium-headless-shell')('over a WebSocket', () => holdSuite('web', startWebStage))
