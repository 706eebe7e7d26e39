/** One backend, and the operator's word on it: administrative state and live weight. */
import { z } from 'zod'
import { SwitchyardError } from '../../model/error-catalogue.ts'
import { ADMIN_STATES, MAX_WEIGHT } from '../../model/states.ts'
import { jsonAnswer, type AdminAnswer, type AdminRequest, type AdminRoute } from '../admin-route.ts'
import { operation } from '../operation.ts'
import { backendDocument, findBackend, findPool } from '../pool-document.ts'
import { backendSchema } from '../pool-schema.ts'
import { reasonText } from '../query.ts'

const DEFAULT_REASON = 'set through the admin API'

export const changeSchema = z
  .strictObject({
    state: z.enum(ADMIN_STATES).optional(),
    weight: z
      .number()
      .nullable()
      .optional()
      .describe(`A whole number from 0 to ${MAX_WEIGHT}; null goes back to the configured weight.`),
    reason: reasonText.optional().describe('Kept with the change.')
  })
  .refine(({ state, weight }) => state !== undefined || weight !== undefined, {
    message: 'state or weight must be given'
  })

const PARAMS = {
  pool: 'Name of the pool.',
  address: 'Address of the backend, as written in the configuration.'
}

export const backendRoute: AdminRoute = {
  path: '/api/v1/pools/{pool}/backends/{address}',
  access: 'token',
  methods: {
    GET: operation({
      id: 'readBackend',
      summary: 'One backend with its last probes',
      params: PARAMS,
      answers: { 200: { meaning: 'The backend.', schema: backendSchema } },
      errors: ['POOL_UNKNOWN', 'BACKEND_UNKNOWN'],
      handle: answerBackend
    }),
    PATCH: operation({
      id: 'changeBackend',
      summary: 'Set the administrative state or the live weight of a backend',
      details:
        'All or nothing. `state` or `weight` must be there. Both survive a reload and a restart.',
      params: PARAMS,
      body: changeSchema,
      answers: { 200: { meaning: 'The backend after the change.', schema: backendSchema } },
      errors: ['POOL_UNKNOWN', 'BACKEND_UNKNOWN', 'WEIGHT_OUT_OF_RANGE', 'ADMIN_BODY_TOO_LARGE'],
      handle: changeBackend
    })
  }
}

function answerBackend({ view, params }: AdminRequest): AdminAnswer {
  const pool = findPool(view, params['pool']!)
  const backend = findBackend(pool, params['address']!)
  return jsonAnswer(backendDocument(pool, backend, { withProbes: true }))
}

async function changeBackend(request: AdminRequest): Promise<AdminAnswer> {
  const change = await request.readBody(changeSchema)
  const pool = request.params['pool']!
  const address = request.params['address']!
  const reason = change.reason ?? DEFAULT_REASON
  // All or nothing: what can be refused is refused before the first command.
  findBackend(findPool(request.view, pool), address)
  if (change.weight !== undefined) {
    checkWeight(change.weight)
    request.commands.setWeight(pool, address, change.weight, reason)
  }
  if (change.state !== undefined) {
    request.commands.setAdminState(pool, address, change.state, reason)
  }
  await request.keepOverlay()
  return answerBackend(request)
}

function checkWeight(weight: number | null): void {
  if (weight === null) return
  if (Number.isInteger(weight) && weight >= 0 && weight <= MAX_WEIGHT) return
  throw new SwitchyardError(
    'WEIGHT_OUT_OF_RANGE',
    `${weight} is not a whole number from 0 to ${MAX_WEIGHT}.`
  )
}
