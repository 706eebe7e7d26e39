/** Accessibility, in a browser at the console's link. */
import { requires } from '../setup/requirements.ts'
import { accessibilitySuite } from './suites/accessibility-suite.ts'
import { startWebStage } from './web-stage.ts'

requires('chromium-headless-shell')('over a WebSocket', () =>
  accessibilitySuite('web', startWebStage)
)
