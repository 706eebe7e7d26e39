/** Secrets in Settings, in a browser at the console's link. */
import { requires } from '../setup/requirements.ts'
import { secretsSuite } from './suites/secrets-suite.ts'
import { startWebStage } from './web-stage.ts'

requires('chromium-headless-shell')('over a WebSocket', () => secretsSuite('web', startWebStage))
