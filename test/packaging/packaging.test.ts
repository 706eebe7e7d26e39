/**
 * What `npm run package` puts into an application, without Electron's binary: electron-builder
 * packages for Linux around a stand-in of it, which carries the fuses that it flips.
 */
import { extractFile, getRawHeader, listPackage } from '@electron/asar'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { temporaryFolder, type TemporaryFolder } from '../servers/temporary-folder.ts'
import { ensureFreshBuild } from '../setup/fresh-build.ts'

const ROOT = join(import.meta.dirname, '../..')
const CONFIG = join(ROOT, 'electron-builder.yml')
const PACKAGE_LIMIT_MS = 180_000

/** By @electron/fuses: where in a binary the fuses are. Then version, number, one digit each. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const FACTORY_FUSES = '101101111'

const load = createRequire(import.meta.url)

/** The settings file brings it along. */
const { Ajv } = createRequire(load.resolve('conf'))('ajv') as {
  readonly Ajv: new (options: object) => {
    validate(schema: object, value: unknown): boolean
    readonly errors: readonly object[] | null
  }
}

interface Manifest {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}
const manifest = load(join(ROOT, 'package.json')) as Manifest

describe('electron-builder.yml', () => {
  const config = parse(readFileSync(CONFIG, 'utf8')) as Record<string, Record<string, unknown>>

  test('fits the schema of electron-builder', () => {
    const schema = load('app-builder-lib/scheme.json') as object
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })
    ajv.validate(schema, config)
    expect(ajv.errors).toBeNull()
  })

  test('makes an installer for every system', () => {
    const targets = ['linux', 'mac', 'win'].flatMap((system) => config[system]!['target'])
    expect(targets).toEqual(['AppImage', 'deb', 'rpm', 'dmg', 'zip', 'nsis'])
  })

  test('names no homepage and no maintainer, because there are none to name', () => {
    expect(config['extraMetadata']).toBeUndefined()
    expect(config['linux']).not.toHaveProperty('maintainer')
  })

  test('leaves the sandbox on, publishes nothing and updates nothing', () => {
    expect(readFileSync(CONFIG, 'utf8')).not.toMatch(/no-sandbox/)
    expect(config['publish']).toBeNull()
    expect(Object.keys(manifest.dependencies)).not.toContain('electron-updater')
  })
})

describe('the packaged application', () => {
  let folder: TemporaryFolder
  let unpacked: string
  let asar: string
  let files: readonly string[]

  beforeAll(async () => {
    await ensureFreshBuild()
    folder = temporaryFolder()
    await packageInto(folder)
    unpacked = join(folder.path, 'output/linux-unpacked')
    asar = join(unpacked, 'resources/app.asar')
    files = listPackage(asar, { isPack: false }).map((path) => path.replace(/^\//, ''))
  }, PACKAGE_LIMIT_MS)
  afterAll(() => folder.remove())

  test('has the page, the preload script and every entry of the main side', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'package.json',
        'LICENSE',
        'out/main/index.js',
        'out/main/cli.js',
        'out/main/engine.js',
        'out/preload/index.cjs',
        'out/renderer/index.html',
        'resources/switchyard.schema.json',
        'resources/icons/switchyard-256.png',
        'resources/icons/tray/serving.png',
        'resources/icons/tray/servingTemplate@2x.png'
      ])
    )
  })

  test('has nothing else of the repository', () => {
    const roots = new Set(files.map((path) => path.split('/')[0]!))
    expect([...roots].sort()).toEqual([
      'LICENSE',
      'node_modules',
      'out',
      'package.json',
      'resources'
    ])
    const foreign = files.filter((path) => /\.(map|svelte|test\.[a-z]+)$|^out\/.*\.ts$/.test(path))
    expect(foreign).toEqual([])
  })

  test('has every package that runs and none that only builds', () => {
    const packages = packagesIn(files)
    expect(packages).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)))
    const needed = dependenciesOf(Object.keys(manifest.dependencies))
    expect(packages.filter((name) => !needed.has(name))).toEqual([])
    expect(packages.filter((name) => name in manifest.devDependencies)).toEqual([])
  })

  test('starts at the entry of Electron, in the version of the package', () => {
    const packed = JSON.parse(extractFile(asar, 'package.json').toString()) as Record<
      string,
      unknown
    >
    expect(packed).toMatchObject({
      name: 'switchyard',
      main: './out/main/index.js',
      version: manifest.version
    })
    expect(getRawHeader(asar).headerString).toContain('integrity')
  })

  test('has the fuses of the configuration', async () => {
    const wire = await getCurrentFuseWire(join(unpacked, 'switchyard'))
    const isOn = (fuse: FuseV1Options): boolean =>
      String.fromCharCode((wire as unknown as Record<number, number>)[fuse]!) === '1'
    expect({
      runAsNode: isOn(FuseV1Options.RunAsNode),
      nodeOptions: isOn(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
      inspect: isOn(FuseV1Options.EnableNodeCliInspectArguments),
      onlyAsar: isOn(FuseV1Options.OnlyLoadAppFromAsar),
      asarIntegrity: isOn(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
      cookies: isOn(FuseV1Options.EnableCookieEncryption),
      fileProtocol: isOn(FuseV1Options.GrantFileProtocolExtraPrivileges),
      snapshot: isOn(FuseV1Options.LoadBrowserProcessSpecificV8Snapshot)
    }).toEqual({
      runAsNode: false,
      nodeOptions: false,
      inspect: false,
      onlyAsar: true,
      asarIntegrity: true,
      cookies: true,
      fileProtocol: false,
      snapshot: false
    })
  })

  test('brings the command for machines without a display', () => {
    const script = join(unpacked, 'switchyard-headless')
    expect(existsSync(script)).toBe(true)
    expect(statSync(script).mode & 0o111).toBe(0o111)
  })
})

/** Electron's distribution, as far as electron-builder looks at it. */
function standIn(folder: TemporaryFolder): string {
  const path = join(folder.path, 'electron')
  mkdirSync(join(path, 'resources'), { recursive: true })
  mkdirSync(join(path, 'locales'))
  const { version } = load('electron/package.json') as Manifest
  const fuses = Buffer.concat([
    Buffer.from(SENTINEL),
    Buffer.from([1, FACTORY_FUSES.length]),
    Buffer.from(FACTORY_FUSES)
  ])
  folder.write('electron/electron', fuses.toString('latin1'))
  folder.write('electron/version', version)
  folder.write('electron/LICENSE', 'stand-in')
  folder.write('electron/LICENSES.chromium.html', 'stand-in')
  folder.write('electron/locales/en-GB.pak', '')
  return path
}

async function packageInto(folder: TemporaryFolder): Promise<void> {
  const cli = load.resolve('electron-builder/cli.js')
  const words = [
    ...['--linux', 'dir', '--publish', 'never', '--config', CONFIG],
    `-c.electronDist=${standIn(folder)}`,
    `-c.directories.output=${join(folder.path, 'output')}`
  ]
  await promisify(execFile)(process.execPath, [cli, ...words], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: 'production' }
  })
}

function packagesIn(files: readonly string[]): readonly string[] {
  const names = files.flatMap(
    (path) => /^.*node_modules\/((?:@[^/]+\/)?[^/@.][^/]*)\//.exec(path)?.[1] ?? []
  )
  return [...new Set(names)]
}

/** With everything that they need in turn. */
function dependenciesOf(names: readonly string[]): ReadonlySet<string> {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, Partial<Manifest>>>
  }
  const entries = Object.entries(lock.packages)
  const found = new Set<string>()
  const queue = [...names]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(name)) continue
    found.add(name)
    const copies = entries.filter(([path]) => path.endsWith(`node_modules/${name}`))
    queue.push(...copies.flatMap(([, { dependencies }]) => Object.keys(dependencies ?? {})))
  }
  return found
}
