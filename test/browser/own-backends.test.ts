/** Own backends, in a browser at the console's link. */
import { requires } from '../setup/requirements.ts'
import { ownBackendsSuite } from './suites/own-backends-suite.ts'
import { startWebStage } from './web-stage.ts'

requires('chromium-headless-shell')('over a WebSocket', () =>
  ownBackendsSuite('web', startWebStage)
)
