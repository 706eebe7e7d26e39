/** `npm run prestart`: builds what `npm start` serves, unless a build is already there. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const PARTS = ['out/main/index.js', 'out/preload/index.cjs', 'out/renderer/index.html']

if (!PARTS.every((part) => existsSync(join(ROOT, part)))) {
  const build = spawnSync('npm', ['run', 'build'], { cwd: ROOT, stdio: 'inherit' })
  process.exitCode = build.status ?? 1
}
