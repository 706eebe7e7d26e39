/**
 * An engine in a process of its own that can be killed at any instant: `node storing-process.ts
 * <configuration file>`. It says `ready` when its listeners are open.
 */
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { loadConfig } from '../../proxy-core/config/load-config.ts'
import { Engine } from '../../proxy-core/engine/engine.ts'
import { EMPTY_OVERLAY } from '../../proxy-core/engine/engine-view.ts'
import { systemClock } from '../../proxy-core/time/clock.ts'

const [file = ''] = process.argv.slice(2)

const loaded = loadConfig(readFileSync(file, 'utf8'), { file, baseDir: dirname(file) })
if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'))

const engine = new Engine({
  clock: systemClock,
  random: Math.random,
  resolver: { resolve: () => Promise.resolve(['127.0.0.1']) },
  version: '0.0.0-test',
  onEvent: (event) => {
    if (event.kind === 'fault') console.log(`fault ${event.code} ${event.reason}`)
  },
  adminToken: 'test-admin-token'
})

// The standard input ends with the test process, also when that was killed.
process.stdin.resume().on('end', () => process.exit())

await engine.start(loaded.settings, EMPTY_OVERLAY)
console.log('ready')
