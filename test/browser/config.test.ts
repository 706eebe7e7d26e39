/** Configuration files, in a browser at the console's link. */
import { requires } from '../setup/requirements.ts'
import { configSuite } from './suites/config-suite.ts'
import { startWebStage } from './web-stage.ts'

requires('chromium-headless-shell')('over a WebSocket', () => configSuite('web', startWebStage))
