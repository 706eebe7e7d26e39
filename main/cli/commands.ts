/** Every command that is built. */
import { benchCommand } from './bench/bench-command.ts'
import { benchWorkerCommand } from './bench/bench-worker-command.ts'
import { checkCommand } from './check/check-command.ts'
import { bufferCommand } from './buffer/buffer-command.ts'
import type { Command } from './command.ts'
import { consoleCommand } from './console/console-command.ts'
import { failoverCommand } from './failover/failover-command.ts'
import { importCommand } from './import/import-command.ts'
import { initCommand } from './init/init-command.ts'
import { notifyCommand } from './notify/notify-command.ts'
import { runCommand } from './run/run-command.ts'

export const COMMANDS: readonly Command[] = [
  consoleCommand,
  runCommand,
  checkCommand,
  initCommand,
  importCommand,
  failoverCommand,
  bufferCommand,
  notifyCommand,
  benchCommand,
  benchWorkerCommand
]
