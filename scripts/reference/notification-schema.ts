/** `resources/notification.schema.json`: what a webhook of the format json posts. */
import { z } from 'zod'
import { notificationDocumentSchema } from '../../main/notifications/formats/notification-document.ts'

/** As a reader sees it: members may be added within a version. */
export function notificationSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(notificationDocumentSchema, {
    override: ({ jsonSchema }) => delete jsonSchema.additionalProperties
  })
  return JSON.stringify({ $schema, title: 'Switchyard notification', ...schema })
}
