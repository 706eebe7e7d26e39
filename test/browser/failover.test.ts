/** Failover by hand and by itself, in a browser at the console's link. */
import { requires } from '../setup/requirements.ts'
import { failoverSuite } from './suites/failover-suite.ts'
import { startWebStage } from './web-stage.ts'

requires('chromium-headless-shell')('over a WebSocket', () => failoverSuite('web', startWebStage))
