/** `resources/openapi.json`: what `GET /api/v1/openapi.json` answers, for those who have no engine. */
import { openApiDocument } from '../../proxy-core/admin/openapi.ts'
import { ADMIN_ROUTES } from '../../proxy-core/admin/routes.ts'

export function openApi(): string {
  return JSON.stringify(openApiDocument(ADMIN_ROUTES))
}
