/**
 * The console without a host: every call and topic of the contract, and an orderly end. A host
 * (web, desktop, a test) serves them on its channels.
 */
import { join } from 'node:path'
import type { TopicSources } from '../contract/topic-sources.ts'
import type { MethodHandlers } from '../contract/method-handlers.ts'
import { findInstall } from '../page/install-layout.ts'
import type { Console, ConsoleParts } from './console-parts.ts'
import { createServices, type ConsoleServices } from './console-services.ts'
import { hostHandlers, NO_HOST_REQUESTS } from './host-handlers.ts'
import { liveTopics } from './live/live-topics.ts'
import { seriesHandlers } from './live/series-desk.ts'
import { TrafficTap } from './live/traffic-tap.ts'
import { localTime } from './live/wording.ts'
import { notificationHandlers } from './notifications/notification-handlers.ts'
import { secretHandlers } from './secrets/secret-handlers.ts'
import { planHandlers } from './plans/plan-handlers.ts'
import { backendHandlers } from './pools/backend-handlers.ts'
import { heldHandlers } from './pools/held-handlers.ts'
import { preferencesHandlers } from './preferences/preferences-handlers.ts'
import { setupHandlers } from './setup/setup-handlers.ts'
import { stopLabel, stoppedSentence } from './stop-sentence.ts'
import { workspaceHandlers, workspaceTopic } from './workspace/workspace-handlers.ts'

export type { Console, ConsoleParts } from './console-parts.ts'

/**
 * Starts the services; what was open when the last console ended is opened in the background.
 * Throws STATE_UNUSABLE.
 */
export async function createConsole(parts: ConsoleParts): Promise<Console> {
  const services = await createServices(parts)
  const { workspace, board, engine } = services
  void workspace
    .start()
    .then(() => workspace.refreshState())
    .catch((error: unknown) => parts.say(`The last workspace was not opened: ${String(error)}`))
  let stopping: Promise<string> | null = null
  return {
    handlers: handlersOf(services, parts),
    topics: topicsOf(services),
    verdict: {
      get current() {
        return board.verdict
      },
      onChange: (listener) => board.onVerdict(listener)
    },
    stop: () => (stopping ??= stop(services)),
    cut: () => engine.cut(),
    stopSentence: () => stopLabel(engine.status, board.numbers)
  }
}

function handlersOf(services: ConsoleServices, parts: ConsoleParts): MethodHandlers {
  const { engine, board, plans, workspace, setup, history, preferences, diagnostics } = services
  const { notifications, secrets } = services
  const { clock, abilities } = parts
  return {
    ...seriesHandlers(engine, history.series),
    ...backendHandlers({ engine, live: board, clock, time: localTime }),
    ...heldHandlers(engine),
    ...planHandlers(plans),
    ...workspaceHandlers(workspace, {
      chooseFile: abilities.chooseFile,
      schemaFile: join(findInstall().root, 'resources/switchyard.schema.json')
    }),
    ...setupHandlers(setup, workspace),
    ...history.handlers,
    ...preferencesHandlers(preferences, history.audit),
    ...notificationHandlers(notifications, history.audit),
    ...secretHandlers(secrets, history.audit),
    ...diagnostics.handlers,
    ...hostHandlers(abilities)
  }
}

function topicsOf(services: ConsoleServices): TopicSources {
  const { board, engine, workspace, history, preferences, notifications } = services
  return {
    ...liveTopics(board),
    ...history.topics,
    workspace: workspaceTopic(workspace),
    preferences: preferences.topic,
    notifications: notifications.topic,
    hostRequests: NO_HOST_REQUESTS,
    traffic: new TrafficTap(engine)
  }
}

/** The engine first: what it says at its end is still heard and kept. */
async function stop(services: ConsoleServices): Promise<string> {
  const { engine, board, ends, workspace, history, diagnostics, notifications } = services
  const wasRunning = engine.status.phase !== 'none' && engine.status.phase !== 'stopped'
  try {
    await workspace.stop()
    return stoppedSentence(wasRunning ? engine.lastStop : null)
  } finally {
    board.stop()
    diagnostics.stop()
    await ends.stop()
    await notifications.stop()
    await history.close()
  }
}
