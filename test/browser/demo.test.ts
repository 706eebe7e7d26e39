/** The demo's flow in a browser at the console's link. */
import { requires } from '../setup/requirements.ts'
import { demoSuite } from './suites/demo-suite.ts'
import { startWebStage } from './web-stage.ts'

requires('chromium-headless-shell')('over a WebSocket', () => demoSuite('web', startWebStage))
