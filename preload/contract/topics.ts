/** Every subscription of the contract: name, arguments, payload. */
import { z } from 'zod'
import { trafficBatchSchema } from '../../proxy-core/model/traffic-sample.ts'
import { consoleEventSchema } from './console-event.ts'
import { logTopic, snapshotTopic } from './definition.ts'
import { hostRequestSchema } from './host-menu.ts'
import { incidentBoardSchema } from './incident.ts'
import { liveFleetSchema, liveNumbersSchema } from './live-state.ts'
import { notificationBoardSchema } from './notifications.ts'
import { preferencesSchema } from './preferences.ts'
import { verdictSchema } from './status.ts'
import { workspaceStateSchema } from './workspace-state.ts'

const nothing = z.strictObject({})

/** Entries after this one; 0 = all that are kept. */
const since = z.strictObject({ since: z.int().nonnegative() })

/** What lies between is no longer kept. */
const gapSchema = z.strictObject({ from: z.int().positive(), to: z.int().positive() })

export const TOPICS = {
  /** States, whenever they change. */
  fleet: snapshotTopic(nothing, liveFleetSchema),
  /** Numbers, four times a second while the engine runs. */
  numbers: snapshotTopic(nothing, liveNumbersSchema),
  /** For a hidden window and the tray: the verdict alone, when it changes. */
  verdict: snapshotTopic(nothing, verdictSchema),
  workspace: snapshotTopic(nothing, workspaceStateSchema),
  preferences: snapshotTopic(nothing, preferencesSchema),
  incidents: snapshotTopic(nothing, incidentBoardSchema),
  /** Of the running configuration, whenever a count or the list changes. */
  notifications: snapshotTopic(nothing, notificationBoardSchema),
  /** What the operator chose in the host's own menu or notification; silent on other hosts. */
  hostRequests: snapshotTopic(nothing, hostRequestSchema),
  /** At most 200 events a payload. */
  events: logTopic(
    since,
    z.strictObject({ events: z.array(consoleEventSchema), gap: gapSchema.nullable() })
  ),
  /** Collected only while somebody is subscribed. */
  traffic: logTopic(since, trafficBatchSchema.extend({ gap: gapSchema.nullable() }))
}

export type TopicName = keyof typeof TOPICS
export type TopicArgs<Name extends TopicName> = z.infer<(typeof TOPICS)[Name]['args']>
export type TopicPayload<Name extends TopicName> = z.infer<(typeof TOPICS)[Name]['payload']>
