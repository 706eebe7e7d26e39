/** The flows of the browser suite once more, in the desktop window: every frame goes over IPC. */
import { configSuite } from '../browser/suites/config-suite.ts'
import { demoSuite } from '../browser/suites/demo-suite.ts'
import { editsSuite } from '../browser/suites/edits-suite.ts'
import { failoverSuite } from '../browser/suites/failover-suite.ts'
import { holdSuite } from '../browser/suites/hold-suite.ts'
import { incidentSuite } from '../browser/suites/incident-suite.ts'
import { livenessSuite } from '../browser/suites/liveness-suite.ts'
import { notificationsSuite } from '../browser/suites/notifications-suite.ts'
import { ownBackendsSuite } from '../browser/suites/own-backends-suite.ts'
import { poolsSuite } from '../browser/suites/pools-suite.ts'
import { requires } from '../setup/requirements.ts'
import { startDesktopStage } from './desktop-stage.ts'

const SUITES = [
  ...[demoSuite, poolsSuite, failoverSuite, holdSuite, configSuite, editsSuite],
  ...[incidentSuite, livenessSuite, ownBackendsSuite, notificationsSuite]
]

requires('chromium-headless-shell')('over IPC', () => {
  for (const suite of SUITES) suite('desktop', startDesktopStage)
})
