/**
 * A console that kills itself in the middle of an apply. Arguments: its folder with `a.yaml`, the
 * text to apply, and the moment: `load` (the engine has it, the file not) or `written` (the file
 * has it, and the staged edit is still there).
 */
import { anyFreePort } from '../../setup/free-port.ts'
import { join } from 'node:path'
import { Workspace } from '../workspace.ts'
import { systemClock } from '../../../../proxy-core/time/clock.ts'
import { DeskEngine } from './desk-engine.ts'
import { MemoryVersions } from './memory-versions.ts'
import { StagedFile } from '../staged-file.ts'
import { stage } from './stage.ts'

const [root = '', text = '', moment = ''] = process.argv.slice(2)

const engine = new DeskEngine()
const workspace = await Workspace.create({
  clock: systemClock,
  engine,
  stateFolder: join(root, 'state'),
  environment: { XDG_STATE_HOME: join(root, 'engines') },
  versions: new MemoryVersions(),
  errorShare: () => null,
  lastEnd: { current: null, dismiss: () => {} },
  findPort: anyFreePort,
  isReadOnly: () => false,
  notice: () => {},
  say: () => {}
})

function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => {})
}

await workspace.open(join(root, 'a.yaml'))
await stage(workspace, text)
if (moment === 'load') engine.onLoad = die
else StagedFile.prototype.remove = die
await workspace.config.applyStaged('operator', 'test')
