/**
 * How the desktop host ends against the Electron double: what closing and quitting mean and ask, an
 * end that says what it stops, and loads and crashes of the page that end nothing.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { electronDouble } from '../../test/electron-double/electron.ts'
import type { DoubleWindow } from '../../test/electron-double/window.ts'
import { eventually } from '../../test/servers/eventually.ts'
import { CUT_DEADLINE_MS, STOP_DEADLINE_MS } from './quitting.ts'
import { DesktopFixture, menuItem as item, STOPPED, turns } from './testing/desktop-fixture.ts'

let fixture: DesktopFixture
let window: DoubleWindow

beforeEach(() => {
  fixture = new DesktopFixture()
})
afterEach(() => fixture.dispose())

describe('the first load', () => {
  test('does not matter any more when the application ends, which it does in order', async () => {
    const { promise: stopping, resolve: hasStopped } = Promise.withResolvers<void>()
    fixture.stopping = stopping
    const starting = fixture.start({ loading: new Promise(() => {}) })
    await eventually('a window', () => electronDouble.state.windows[0])
    process.emit('SIGTERM')
    await starting
    await turns()
    expect({ stops: fixture.stops, exitCode: electronDouble.state.exitCode }).toEqual({
      stops: 1,
      exitCode: null
    })
    hasStopped()
    expect(await fixture.ended()).toBe(0)
    expect(fixture.lines).toEqual([STOPPED])
  })

  test('is followed by another one when the process of the page dies in it', async () => {
    const starting = fixture.start({ loading: new Promise(() => {}) })
    window = await eventually('a window', () => electronDouble.state.windows[0])
    window.contents.crash('oom')
    await starting
    expect({
      reloads: window.contents.reloads,
      stops: fixture.stops,
      exitCode: electronDouble.state.exitCode
    }).toEqual({ reloads: 1, stops: 0, exitCode: null })
  })

  test('that fails ends everything in order, and says why', async () => {
    const loading = Promise.reject(new Error('ERR_UNEXPECTED (-9) loading app://console/'))
    loading.catch(() => undefined)
    await fixture.start({ loading })
    const reason =
      "The console's page could not be loaded: ERR_UNEXPECTED (-9) loading app://console/"
    expect({ exitCode: await fixture.ended(), stops: fixture.stops }).toEqual({
      exitCode: 1,
      stops: 1
    })
    expect(fixture.lines).toEqual([reason, STOPPED])
    expect(electronDouble.state.log).toContain(`box Switchyard could not be started: ${reason}`)
  })
})

describe('closing the window', () => {
  test('asks once, and keeps the proxy in the background from then on', async () => {
    window = await fixture.start({ answer: () => 0 })
    expect(window.close()).toBe(false)
    await turns()
    expect(electronDouble.state.dialogs[0]!.buttons).toContain('Quit and stop the proxy (84 req/s)')
    expect(fixture.preferences.onWindowClose).toBe('background')
    expect({ isVisible: window.isVisibleNow, stops: fixture.stops }).toEqual({
      isVisible: false,
      stops: 0
    })
  })

  test('quits when that is the answer', async () => {
    window = await fixture.start({ answer: () => 1 })
    window.close()
    await turns()
    expect(fixture.preferences.onWindowClose).toBe('quit')
    expect({ exitCode: await fixture.ended(), stops: fixture.stops }).toEqual({
      exitCode: 0,
      stops: 1
    })
  })

  test('does nothing when the operator thinks better of it', async () => {
    window = await fixture.start({ answer: () => 2 })
    window.close()
    await turns()
    expect(fixture.preferences.onWindowClose).toBe('ask')
    expect({ isVisible: window.isVisibleNow, stops: fixture.stops }).toEqual({
      isVisible: true,
      stops: 0
    })
  })

  test.each(['ask', 'background'] as const)(
    'asks nothing where nothing runs, and quits: %s',
    async (onWindowClose) => {
      fixture.sentence = 'Quit'
      fixture.preferences = { ...fixture.preferences, onWindowClose }
      window = await fixture.start()
      window.close()
      expect(await fixture.ended()).toBe(0)
    }
  )

  test('asks one question, in front of its window, however often it is closed', async () => {
    const { promise: answer, resolve: choose } = Promise.withResolvers<number>()
    window = await fixture.start({ answer: () => answer })
    window.close()
    window.close()
    item(electronDouble.state.menu, 'Switchyard', 'Quit…').click!()
    await turns()
    const { dialogs, dialogParents } = electronDouble.state
    expect({ questions: dialogs.length, parents: dialogParents }).toEqual({
      questions: 1,
      parents: [window]
    })
    choose(2)
    await turns()
    window.close()
    expect(dialogs).toHaveLength(2)
  })

  test('asks nothing that was answered before', async () => {
    fixture.preferences = { ...fixture.preferences, onWindowClose: 'background' }
    window = await fixture.start()
    window.close()
    await turns()
    expect(window.isVisibleNow).toBe(false)
  })
})

describe('a quit', () => {
  test('asks again after a question that could not be asked', async () => {
    let isBroken = true
    const answer = (): number | Promise<number> =>
      isBroken ? Promise.reject(new Error('no display')) : 1
    window = await fixture.start({ answer })
    const quit = item(electronDouble.state.menu, 'Switchyard', 'Quit…')
    quit.click!()
    await turns()
    expect(fixture.lines.at(-1)).toBe('Nothing was quit: Error: no display')
    isBroken = false
    quit.click!()
    await turns()
    expect(electronDouble.state.dialogs).toHaveLength(2)
  })

  test('asks without a window where that one is hidden', async () => {
    window = await fixture.start({ answer: () => 1 })
    window.hide()
    item(electronDouble.state.menu, 'Switchyard', 'Quit…').click!()
    expect(electronDouble.state.dialogParents).toEqual([null])
  })

  test.each([
    ['cuts what still runs', 0, 1],
    ['waits for it', 1, 0]
  ])('tells who starts it once more that it still ends, and %s', async (_what, answer, cuts) => {
    fixture.stopping = new Promise(() => {})
    window = await fixture.start({ answer: () => answer })
    process.emit('SIGTERM')
    await turns()
    electronDouble.emit('second-instance')
    electronDouble.emit('second-instance')
    await turns()
    expect(electronDouble.state.dialogs).toMatchObject([
      {
        message: 'Switchyard is stopping: requests that run may finish.',
        buttons: ['Cut what still runs', 'Wait']
      }
    ])
    expect(electronDouble.state.dialogParents).toEqual([null])
    expect(fixture.cuts).toBe(cuts)
    await fixture.leave()
  })

  test('says what stops, and stays when the operator cancels', async () => {
    window = await fixture.start({ answer: ({ buttons }) => buttons.indexOf('Cancel') })
    item(electronDouble.state.menu, 'Switchyard', 'Quit…').click!()
    await turns()
    expect(electronDouble.state.dialogs[0]!.buttons[0]).toBe('Quit and stop the proxy (84 req/s)')
    expect({ stops: fixture.stops, isClosed: window.isDestroyedNow }).toEqual({
      stops: 0,
      isClosed: false
    })
  })

  test('stops the console in order and says what was stopped', async () => {
    window = await fixture.start({ answer: () => 0 })
    item(electronDouble.state.menu, 'Switchyard', 'Quit…').click!()
    expect(await fixture.ended()).toBe(0)
    expect(fixture.lines).toContain(STOPPED)
    expect(electronDouble.state.trays[0]!.isDestroyed).toBe(true)
  })

  test('from the tray asks nothing: its label has said it', async () => {
    window = await fixture.start()
    item(electronDouble.state.trays[0]!.menu, fixture.sentence).click!()
    expect({ exitCode: await fixture.ended(), stops: fixture.stops }).toEqual({
      exitCode: 0,
      stops: 1
    })
  })

  test('by a signal asks nothing; its echo is the same wish, a later one cuts', async () => {
    fixture.stopping = new Promise(() => {})
    window = await fixture.start()
    process.emit('SIGTERM')
    process.emit('SIGTERM')
    await turns()
    expect({ stops: fixture.stops, cuts: fixture.cuts }).toEqual({ stops: 1, cuts: 0 })
    fixture.clock.advance(500)
    process.emit('SIGTERM')
    expect(fixture.cuts).toBe(1)
    await fixture.leave()
  })

  test('shows in the tray that requests may finish, and lets them be cut', async () => {
    fixture.stopping = new Promise(() => {})
    window = await fixture.start()
    process.emit('SIGTERM')
    await turns()
    item(electronDouble.state.trays[0]!.menu, 'Cut what still runs').click!()
    expect(fixture.cuts).toBe(1)
    await fixture.leave()
  })

  test('cuts at the deadline, and leaves soon after that in any case', async () => {
    fixture.stopping = new Promise(() => {})
    window = await fixture.start()
    process.emit('SIGTERM')
    await turns()
    fixture.clock.advance(STOP_DEADLINE_MS)
    await turns()
    expect({ cuts: fixture.cuts, exitCode: electronDouble.state.exitCode }).toEqual({
      cuts: 1,
      exitCode: null
    })
    fixture.clock.advance(CUT_DEADLINE_MS)
    await turns()
    expect(electronDouble.state.exitCode).toBe(0)
    expect(fixture.lines.at(-1)).toContain('did not end in time')
  })
})

describe('a page that dies', () => {
  test('is loaded again, three times within a minute and then only when wanted', async () => {
    window = await fixture.start({ answer: () => 0 })
    for (let crash = 0; crash < 3; crash++) {
      window.contents.crash('oom')
      await turns()
    }
    expect(window.contents.reloads).toBe(3)
    expect(electronDouble.state.dialogs).toEqual([])
    window.contents.crash('oom')
    await turns()
    expect(electronDouble.state.dialogs[0]!.message).toBe('The console page keeps ending.')
    expect(window.contents.reloads).toBe(4)
    fixture.clock.advance(61_000)
    window.contents.crash('crashed')
    expect(window.contents.reloads).toBe(5)
    expect(fixture.lines.at(-1)).toContain('Traffic is not affected')
  })

  test('is loaded again by whoever wants to see it', async () => {
    window = await fixture.start({ answer: ({ buttons }) => buttons.indexOf('Leave it') })
    for (let crash = 0; crash < 4; crash++) {
      window.contents.crash('oom')
      await turns()
    }
    expect({ reloads: window.contents.reloads, isGone: window.contents.isCrashed() }).toEqual({
      reloads: 3,
      isGone: true
    })
    electronDouble.emit('second-instance')
    expect(window.contents.reloads).toBe(4)
  })

  test('is left alone when its window is gone as well', async () => {
    fixture.stopping = new Promise(() => {})
    window = await fixture.start()
    process.emit('SIGTERM')
    await turns()
    window.contents.crash('killed')
    expect(fixture.lines).toEqual([])
    await fixture.leave()
  })

  test('is left alone when it ended as it should', async () => {
    window = await fixture.start()
    window.contents.crash('clean-exit')
    expect(window.contents.reloads).toBe(0)
  })
})
