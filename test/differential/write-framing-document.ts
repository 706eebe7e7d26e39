/** `node test/differential/write-framing-document.ts`: writes docs/reference/http-framing.md. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { framingDocument } from './framing-table.ts'
import { haproxy } from './haproxy.ts'
import { nginx } from './nginx.ts'
import { switchyard } from './switchyard.ts'

const file = fileURLToPath(new URL('../../docs/reference/http-framing.md', import.meta.url))
mkdirSync(fileURLToPath(new URL('.', `file://${file}`)), { recursive: true })
writeFileSync(file, await framingDocument([switchyard, haproxy, nginx]))
