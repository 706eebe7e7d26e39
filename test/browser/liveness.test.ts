/** Liveness and motion, in a browser at the console's link. */
import { requires } from '../setup/requirements.ts'
import { livenessSuite } from './suites/liveness-suite.ts'
import { startWebStage } from './web-stage.ts'

requires('chromium-headless-shell')('over a WebSocket', () => livenessSuite('web', startWebStage))
