/** Contract: the documentation lists every pattern that the suite knows, and no other. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { REQUEST_ATTACKS } from './request-attacks/index.ts'
import { RESPONSE_ATTACKS } from './response-attacks/index.ts'

const FILE = new URL('../../docs/reference/http-framing.md', import.meta.url)

test('docs/reference/http-framing.md has a row for every attack, in the order of the suite', () => {
  const rows = readFileSync(FILE, 'utf8')
    .split('\n')
    .map((line) => line.split(' | '))
    .filter((cells) => cells.length === 4 && !/^\| (A |---)/.test(cells[0]!))
    .map((cells) => cells[0]!.slice(2).replaceAll('\\|', '|'))
  const known = [...REQUEST_ATTACKS.flatMap(({ cases }) => cases), ...RESPONSE_ATTACKS]
  expect(rows).toEqual(known.map(({ name }) => name))
})
