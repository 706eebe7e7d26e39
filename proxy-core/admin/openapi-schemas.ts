/** The schemas that the OpenAPI document names, and how one refers to another. */
import { z } from 'zod'
import { engineEventSchema } from '../model/engine-event-schema.ts'
import {
  failoverChangeSchema,
  failoverLevelSchema,
  failoverPreviewSchema,
  failoverStatusSchema,
  failoverTransitionSchema
} from '../model/failover-report.ts'
import { heldRequestSchema, holdChangeSchema, holdStatusSchema } from '../model/hold-report.ts'
import {
  storedEntrySchema,
  storedHeadSchema,
  storeStatusSchema,
  storingRouteSchema
} from '../model/stored-entry.ts'
import { probeRecordSchema } from '../model/probe-record.ts'
import { errorSchema } from './error-answer.ts'
import { changeSchema } from './handlers/backend.ts'
import { bufferSchema, heldPoolSchema } from './handlers/buffer.ts'
import { bulkSchema } from './handlers/buffer-bulk.ts'
import { storedPageSchema } from './handlers/buffer-entries.ts'
import { eventsSchema } from './handlers/events.ts'
import { failoverStatusesSchema } from './handlers/failover-status.ts'
import { statusSchema } from './handlers/status.ts'
import {
  backendSchema,
  latencySchema,
  poolSchema,
  poolsSchema,
  trafficSchema
} from './pool-schema.ts'

export const openApiSchema = z
  .looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) })
  .describe('An OpenAPI 3.1 document.')

const NAMES: readonly (readonly [schema: z.ZodType, name: string])[] = [
  [errorSchema, 'Error'],
  [statusSchema, 'Status'],
  [poolsSchema, 'Pools'],
  [poolSchema, 'Pool'],
  [backendSchema, 'Backend'],
  [changeSchema, 'BackendChange'],
  [trafficSchema, 'Traffic'],
  [latencySchema, 'Latency'],
  [probeRecordSchema, 'Probe'],
  [eventsSchema, 'Events'],
  [engineEventSchema, 'Event'],
  [failoverStatusSchema, 'FailoverStatus'],
  [failoverStatusesSchema, 'FailoverStatuses'],
  [failoverLevelSchema, 'FailoverLevel'],
  [failoverTransitionSchema, 'FailoverTransition'],
  [failoverPreviewSchema, 'FailoverPreview'],
  [failoverChangeSchema, 'FailoverChange'],
  [bufferSchema, 'Buffer'],
  [heldPoolSchema, 'HeldPool'],
  [heldRequestSchema, 'HeldRequest'],
  [holdStatusSchema, 'HoldStatus'],
  [holdChangeSchema, 'HoldChange'],
  [storeStatusSchema, 'StoreStatus'],
  [storingRouteSchema, 'StoringRoute'],
  [storedHeadSchema, 'StoredRequest'],
  [storedEntrySchema, 'StoredRequestWithBody'],
  [storedPageSchema, 'StoredRequests'],
  [bulkSchema, 'Bulk'],
  [openApiSchema, 'Description']
]

function uriOf(name: string): string {
  return `#/components/schemas/${name}`
}

export function componentSchemas(): Readonly<Record<string, object>> {
  const registry = z.registry<{ id: string }>()
  for (const [schema, id] of NAMES) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, { uri: uriOf })
  return Object.fromEntries(
    // The document's own place says what these two would say of each.
    Object.entries(schemas).map(([name, { $schema: _dialect, $id: _id, ...schema }]) => [
      name,
      schema
    ])
  )
}

/** Throws for a schema without a name: a defect that the tests of the routes find. */
export function referenceTo(schema: z.ZodType): { readonly $ref: string } {
  const name = NAMES.find(([candidate]) => candidate === schema)?.[1]
  if (name === undefined) throw new Error('A schema of the admin API has no name in NAMES.')
  return { $ref: uriOf(name) }
}
