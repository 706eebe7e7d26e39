/** An incident, in a browser at the console's link. */
import { requires } from '../setup/requirements.ts'
import { incidentSuite } from './suites/incident-suite.ts'
import { startWebStage } from './web-stage.ts'

requires('chromium-headless-shell')('over a WebSocket', () => incidentSuite('web', startWebStage))
