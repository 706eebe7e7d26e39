/** The best that Node offers without a framing of one's own: `node:http` and undici. */
import { join } from 'node:path'
import type { ProxyUnderTest } from '../proxy-under-test.ts'
import { packageVersion } from '../tool-version.ts'
import { startNodeRival } from './node-rival.ts'

export const undici: ProxyUnderTest = {
  name: 'undici',
  configuration:
    '`node:http` server, one undici `Pool` per backend with `dispatch`, hop-by-hop fields removed, `X-Forwarded-For`',
  onlyLoads: [],
  version: () => packageVersion('undici'),
  start: (setting) => startNodeRival(join(import.meta.dirname, 'undici-server.ts'), setting)
}
