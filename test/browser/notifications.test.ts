/** Notifications in Settings, in a browser at the console's link. */
import { requires } from '../setup/requirements.ts'
import { notificationsSuite } from './suites/notifications-suite.ts'
import { startWebStage } from './web-stage.ts'

requires('chromium-headless-shell')('over a WebSocket', () =>
  notificationsSuite('web', startWebStage)
)
