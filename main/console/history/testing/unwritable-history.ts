/**
 * A child process whose disk fills up: its limit on the size of files is set by the caller. It
 * prints what was told within a minute, how often it tried, and how many rows can be read at the
 * end, as one line of JSON.
 */
import { z } from 'zod'
import { SqliteHistory } from '../sqlite-history.ts'
import { JumpingClock } from './jumping-clock.ts'

const ROWS = 40
const told: string[] = []
const clock = new JumpingClock()
const store = new SqliteHistory({
  file: process.argv[2]!,
  clock,
  onTrouble: ({ message }) => told.push(message)
})
const insert = 'INSERT INTO audit (at_ms, actor, action, reason, outcome) VALUES (?, ?, ?, ?, ?)'
for (let row = 0; row < ROWS; row++) store.write(insert, [row, 'a', 'x'.repeat(4000), '', 'done'])
clock.advance(60_000)
const count = z.object({ n: z.number() })
const rows = await store.read(count, 'SELECT count(*) AS n FROM audit')
const { transactionsTotal, trouble } = store
const result = { told, rows: rows[0]!.n, transactionsTotal, trouble: trouble?.message }
process.stdout.write(JSON.stringify(result))
await store.close()
