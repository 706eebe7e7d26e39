/** Changes on Pools, in a browser at the console's link. */
import { requires } from '../setup/requirements.ts'
import { poolsSuite } from './suites/pools-suite.ts'
import { startWebStage } from './web-stage.ts'

requires('chromium-headless-shell')('over a WebSocket', () => poolsSuite('web', startWebStage))
