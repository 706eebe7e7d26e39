/**
 * Contract: `switchyard failover` asks the running instance, shows what stands at stake before it
 * changes anything, and ends with a code that a script can rely on.
 */
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { TOKEN, useAdmin } from '../../../proxy-core/admin/testing/admin-under-test.ts'
import { backendSettings } from '../../../proxy-core/metrics/testing/engine-double.ts'
import { DEFAULT_FAILOVER } from '../../../proxy-core/model/default-settings.ts'
import { StateOfInstances } from '../../admin-client/testing/state-of-instances.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { runCli } from '../run-cli.ts'
import { CapturedTerminal } from '../testing/captured-terminal.ts'
import { ScriptedTerminal } from '../testing/scripted-terminal.ts'

const admin = useAdmin()
let state: StateOfInstances

beforeEach(async () => {
  state = new StateOfInstances()
  onTestFinished(() => state.remove())
  admin().engine.pools[0]!.backends[0]!.setHealth('up', '2 probes passed')
  await admin().start()
  const endpoint = { url: `http://127.0.0.1:${admin().port}`, certificateFile: null }
  await state.add('web', { endpoint, token: TOKEN })
})

interface Outcome {
  readonly code: ExitCode
  readonly out: string
  readonly err: string
}

async function failover(words: string, answers: readonly string[] | null = null): Promise<Outcome> {
  const terminal =
    answers === null
      ? new CapturedTerminal(state.environment)
      : new ScriptedTerminal(answers, state.environment)
  const code = await runCli(['failover', ...words.split(' ')], terminal)
  return { code, out: terminal.stdout, err: terminal.stderr }
}

const phase = (): string => admin().engine.failoverStatus('api').phase

describe('status', () => {
  test('shows every pool of the only instance as a ladder', async () => {
    admin().engine.addPool('plain', [backendSettings('10.0.0.9:80')])
    const { code, out } = await failover('status')
    expect(code).toBe(EXIT.done)
    expect(out).toMatch(
      new RegExp(
        [
          '^Pool api: normal, level 0 serves\\. Since .*\\.',
          '> level 0  #{20} 100 %  1 of 1 eligible',
          '  level 1  \\.{20}   0 %  1 of 1 eligible',
          '',
          'Pool plain: no failover; all of its backends are on level 0\\.',
          '$'
        ].join('\n')
      )
    )
  })

  test('prints the JSON of the admin API', async () => {
    const all = JSON.parse((await failover('status --json')).out) as object
    expect(all).toEqual({ pools: [admin().engine.failoverStatus('api')] })
    const one = JSON.parse((await failover('status --json --pool api')).out) as object
    expect(one).toEqual(admin().engine.failoverStatus('api'))
  })
})

describe('test', () => {
  test('says what would happen, and fails where nothing could', async () => {
    const able = await failover('test --pool api')
    expect(able).toMatchObject({ code: EXIT.done })
    expect(able.out).toContain('Pool api would go from level 0 to level 1.\n  1. All requests')
    expect(able.out).toContain('  ready     10.0.0.2:80, up: ')
    admin().engine.setAdminState('api', '10.0.0.2:80', 'maint', 'disk')
    const unable = await failover('test')
    expect(unable.code).toBe(EXIT.refused)
    expect(unable.out).toContain('Pool api: nothing could take over from level 0.')
    expect(phase()).toBe('normal')
  })
})

describe('activate and deactivate', () => {
  test('ask first, with what would happen in sight', async () => {
    const { code, out, err } = await failover('activate --reason disks', ['y'])
    expect(code).toBe(EXIT.done)
    expect(err).toContain('Pool api would go from level 0 to level 1.')
    expect(out).toMatch(
      /^Activate the failover of pool api\? \[y\/N\] y\nDone\.\n\nPool api: LATCHED on level 1 by an operator \(disks\); level 1 serves\./
    )
    expect(admin().engine.failoverStatus('api').latchReason).toBe('disks')
    expect(await failover('deactivate', ['yes'])).toMatchObject({
      code: EXIT.done,
      out: expect.stringContaining('Deactivate the failover of pool api? [y/N] ') as string
    })
    // The primary has not been healthy for long enough to return at once.
    expect(phase()).toBe('recovering')
  })

  test.each([[['n']], [['']], [['yep']], [[]]])('do nothing on the answers %j', async (answers) => {
    const { code, err } = await failover('activate', answers)
    expect(code).toBe(EXIT.refused)
    expect(err).toMatch(/Nothing was changed\.\n$/)
    expect(phase()).toBe('normal')
  })

  test('refuse where nobody can be asked, and go ahead with --yes', async () => {
    for (const action of ['activate', 'deactivate']) {
      const { code, err } = await failover(action)
      expect([code, phase()]).toEqual([EXIT.usage, 'normal'])
      expect(err).toContain('Nobody is here to be asked: add --yes')
    }
    expect(await failover('activate --yes')).toMatchObject({ code: EXIT.done, err: '' })
    expect(phase()).toBe('latched')
    const repeat = await failover('activate --yes')
    expect(repeat.code).toBe(EXIT.done)
    expect(repeat.out).toMatch(/^It was so already; nothing was changed\./)
  })

  test('take a level and force, and print JSON', async () => {
    admin().engine.setAdminState('api', '10.0.0.2:80', 'maint', 'disk')
    const refused = await failover('activate --level 1 --yes')
    expect([refused.code, refused.out]).toEqual([EXIT.refused, ''])
    expect(refused.err).toMatch(/^switchyard: No level of pool api could take over: .*\. \S/)
    const forced = await failover('activate --level 1 --force --yes --json')
    expect(JSON.parse(forced.out)).toMatchObject({ changed: true, status: { latchedLevel: 1 } })
  })
})

describe('a pool that is not named', () => {
  test('is asked for when several can fail over, and is not guessed when none can', async () => {
    const levels = [backendSettings('10.0.1.1:80'), backendSettings('10.0.1.2:80', { level: 1 })]
    admin().engine.addPool('web', levels)
    expect(await failover('activate --yes')).toMatchObject({
      code: EXIT.usage,
      err: expect.stringContaining('Name the pool with --pool: api, web.') as string
    })
    expect(phase()).toBe('normal')
  })

  test('is none that nothing can be switched in', async () => {
    const levels = [backendSettings('10.0.1.1:80'), backendSettings('10.0.1.2:80', { level: 1 })]
    const settings = { ...DEFAULT_FAILOVER, mode: 'spill' } as const
    admin().engine.addPool('web', levels, { failover: settings })
    expect((await failover('test')).out).toContain('Pool api would go from level 0 to level 1.')
    expect((await failover('activate --yes')).code).toBe(EXIT.done)
    expect(phase()).toBe('latched')
  })

  test('is for deactivate the latched one, also where a reload took its levels', async () => {
    const levels = [backendSettings('10.0.1.1:80'), backendSettings('10.0.1.2:80', { level: 1 })]
    admin().engine.addPool('web', levels)
    await failover('activate --pool api --force --yes')
    const api = admin().engine.pools[0]!
    api.backends = api.backends.slice(0, 1)
    const { code, out } = await failover('deactivate --yes')
    expect([code, admin().engine.failoverStatus('api').latchedLevel]).toEqual([EXIT.done, null])
    expect(out).toContain('Pool api: ')
  })
})

describe('what cannot be done', () => {
  test.each([
    ['stauts', EXIT.usage, 'There is no action stauts. Did you mean status?'],
    ['status --config a.yaml --instance b', EXIT.usage, '--config and --instance both say'],
    ['activate --level one --yes', EXIT.usage, '--level takes a whole number, not one.'],
    ['status --pool none', EXIT.refused, 'No pool is named "none". List the pools'],
    ['status --instance other', EXIT.unreachable, 'No instance other runs'],
    ['status --config /etc/x.yaml', EXIT.unreachable, 'No instance x-'],
    ['status --admin http://127.0.0.1:1', EXIT.unreachable, 'the connection is refused'],
    ['status --admin http://ops.example', EXIT.unreachable, 'in clear text']
  ])('failover %s ends with %d and a sentence', async (words, code, sentence) => {
    const outcome = await failover(words)
    expect(outcome.code).toBe(code)
    expect(outcome.err).toContain(sentence)
  })

  test('a wrong token is named with its file', async () => {
    const endpoint = { url: `http://127.0.0.1:${admin().port}`, certificateFile: null }
    await state.add('web', { endpoint, token: 'o'.repeat(43) })
    const { code, err } = await failover('status')
    expect(code).toBe(EXIT.unreachable)
    expect(err).toContain(`does not take the token from ${state.pathOf('web')}/admin.token.`)
  })
})
