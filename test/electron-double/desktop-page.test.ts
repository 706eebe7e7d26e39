/** The page in the desktop window, judged as in a browser: keyboard, layout, accessibility. */
import { accessibilitySuite } from '../browser/suites/accessibility-suite.ts'
import { keyboardSuite } from '../browser/suites/keyboard-suite.ts'
import { layoutSuite } from '../browser/suites/layout-suite.ts'
import { requires } from '../setup/requirements.ts'
import { startDesktopStage } from './desktop-stage.ts'

requires('chromium-headless-shell')('over IPC', () => {
  for (const suite of [keyboardSuite, layoutSuite, accessibilitySuite]) {
    suite('desktop', startDesktopStage)
  }
})
