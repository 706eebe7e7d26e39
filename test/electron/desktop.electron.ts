/** The browser suite in a real desktop window; skipped where there is no Electron. */
import { describe } from 'vitest'
import { accessibilitySuite } from '../browser/suites/accessibility-suite.ts'
import { configSuite } from '../browser/suites/config-suite.ts'
import { demoSuite } from '../browser/suites/demo-suite.ts'
import { incidentSuite } from '../browser/suites/incident-suite.ts'
import { keyboardSuite } from '../browser/suites/keyboard-suite.ts'
import { layoutSuite } from '../browser/suites/layout-suite.ts'
import { livenessSuite } from '../browser/suites/liveness-suite.ts'
import { notificationsSuite } from '../browser/suites/notifications-suite.ts'
import { ownBackendsSuite } from '../browser/suites/own-backends-suite.ts'
import { poolsSuite } from '../browser/suites/pools-suite.ts'
import { ELECTRON_BINARY, startElectronStage } from './electron-stage.ts'

const SUITES = [
  demoSuite,
  poolsSuite,
  configSuite,
  incidentSuite,
  livenessSuite,
  ownBackendsSuite,
  notificationsSuite,
  keyboardSuite,
  layoutSuite,
  accessibilitySuite
]

describe.skipIf(ELECTRON_BINARY === null)('in Electron', () => {
  for (const suite of SUITES) suite('electron', startElectronStage)
})
