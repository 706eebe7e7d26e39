/** A child process that holds a history: says "ready" when its first event is on the disk. */
import { systemClock } from '../../../../proxy-core/time/clock.ts'
import { History } from '../history.ts'

const [folder, engineDirectory] = process.argv.slice(2)
setInterval(() => {}, 1000)
const history = await History.open({
  clock: systemClock,
  stateFolder: folder!,
  version: '1.2.3',
  pid: process.pid,
  say: () => {}
})
if (engineDirectory) history.session.noteEngine(engineDirectory)
history.events.append({
  kind: 'backend_down',
  severity: 'warning',
  actor: 'probe',
  text: 'Pool api: a:1 is down.',
  pool: 'api',
  backend: 'a:1',
  capacity: { lost: [{ kind: 'backend', pool: 'api', backend: 'a:1' }], back: [] }
})
await history.events.read(0, Number.MAX_SAFE_INTEGER, 1)
process.stdout.write('ready\n')
