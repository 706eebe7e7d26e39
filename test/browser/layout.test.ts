/** Layout in small and large windows, in a browser at the console's link. */
import { requires } from '../setup/requirements.ts'
import { layoutSuite } from './suites/layout-suite.ts'
import { startWebStage } from './web-stage.ts'

requires('chromium-headless-shell')('over a WebSocket', () => layoutSuite('web', startWebStage))
