/** Makes an operation of the admin API from its description and a handler that gets a read query. */
import type { z } from 'zod'
import type {
  AdminAnswer,
  AdminOperation,
  AdminRequest,
  OperationDescription
} from './admin-route.ts'
import { NO_QUERY, readQuery } from './query.ts'

interface OperationParts<Query extends z.ZodObject> extends Omit<OperationDescription, 'query'> {
  /** Default: no parameter is taken. */
  readonly query?: Query
  handle(request: AdminRequest, query: z.output<Query>): AdminAnswer | Promise<AdminAnswer>
}

/** A parameter that is not described, or given twice, is refused before the handler runs. */
export function operation<Query extends z.ZodObject = typeof NO_QUERY>(
  parts: OperationParts<Query>
): AdminOperation {
  const { handle, query, ...description } = parts
  const schema = query ?? NO_QUERY
  return {
    description: { ...description, query: schema },
    handle: (request) => handle(request, readQuery(request.search, schema) as z.output<Query>)
  }
}

/** For paths of other worlds, whose callers add parameters that mean nothing here. */
export function lenientOperation(
  parts: Omit<OperationDescription, 'query'> & {
    handle(request: AdminRequest): AdminAnswer | Promise<AdminAnswer>
  }
): AdminOperation {
  const { handle, ...description } = parts
  return { description: { ...description, query: null }, handle }
}
