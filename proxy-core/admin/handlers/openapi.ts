/** The admin API's description of itself; `resources/openapi.json` is the same. */
import { jsonAnswer, type AdminRoute } from '../admin-route.ts'
import { openApiDocument } from '../openapi.ts'
import { openApiSchema } from '../openapi-schemas.ts'
import { operation } from '../operation.ts'

/** Describes `others` and itself. Made at the first request: most engines never get one. */
export function openApiRoute(others: readonly AdminRoute[]): AdminRoute {
  let document: object | null = null
  const route: AdminRoute = {
    path: '/api/v1/openapi.json',
    access: 'token',
    methods: {
      GET: operation({
        id: 'readDescription',
        summary: 'This description of the admin API',
        answers: { 200: { meaning: 'The document.', schema: openApiSchema } },
        errors: [],
        handle: () => jsonAnswer((document ??= openApiDocument([...others, route])))
      })
    }
  }
  return route
}
