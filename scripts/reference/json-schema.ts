/** `resources/switchyard.schema.json`: what editors check and complete configurations with. */
import { z } from 'zod'
import { configSchema } from '../../proxy-core/model/config-schema.ts'

/** Draft 7, because the YAML support of editors knows no later draft completely. */
export function jsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, { target: 'draft-7', io: 'input' })
  return JSON.stringify({ $schema, title: 'Switchyard configuration', ...schema })
}
