/**
 * The life of the desktop host against the Electron double: the contract over a port, menu, tray
 * and notifications, what closing means, crashes of the page, and an end that says what it stops.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TAKE_PORT_CHANNEL } from '../../preload/contract/bridge.ts'
import { contractHash } from '../../preload/contract/contract-hash.ts'
import type { FromHost } from '../../preload/contract/envelope.ts'
import type { DoubleMenuItem } from '../../test/electron-double/desktop.ts'
import { electronDouble } from '../../test/electron-double/electron.ts'
import type { DoublePort } from '../../test/electron-double/ports.ts'
import type { DoubleWindow } from '../../test/electron-double/window.ts'
import { PAGE_URL } from './page-origin.ts'
import { CUT_DEADLINE_MS, STOP_DEADLINE_MS } from './quitting.ts'
import { DesktopFixture, STOPPED, turns } from './testing/desktop-fixture.ts'

const OPEN_PORT = 'switchyard:open-port'
const NONCE = 'nonce-1234'
const PAGE_FRAME = { url: PAGE_URL, parent: null }

let fixture: DesktopFixture
let window: DoubleWindow

beforeEach(() => {
  fixture = new DesktopFixture()
})
afterEach(() => fixture.dispose())

/** The page's end of a port, as Chromium would have it. */
class PagePort {
  readonly received: FromHost[] = []
  isClosed = false
  readonly #port: DoublePort

  constructor(port: DoublePort) {
    this.#port = port
    port.on('message', ({ data }: { data: FromHost }) => this.received.push(data))
    port.on('close', () => (this.isClosed = true))
    port.start()
  }

  async say(frame: object): Promise<void> {
    this.#port.postMessage(frame)
    await turns()
  }

  close(): void {
    this.#port.close()
  }
}

function askForPort(frame: object | null, nonce: unknown = NONCE): void {
  electronDouble.state.ipc.emit(OPEN_PORT, { sender: window.contents, senderFrame: frame }, nonce)
}

async function greeted(): Promise<PagePort> {
  askForPort(PAGE_FRAME)
  const port = new PagePort(window.contents.posted.at(-1)!.ports[0]!)
  await port.say({ t: 'hello', contract: contractHash() })
  return port
}

function item(menu: readonly DoubleMenuItem[], ...path: readonly string[]): DoubleMenuItem {
  const [label, ...rest] = path
  const found = menu.find((one) => one.label === label)
  if (found === undefined) throw new Error(`There is no item ${label} in the menu.`)
  return rest.length === 0 ? found : item(found.submenu ?? [], ...rest)
}

describe('a port', () => {
  test('is given to our page with its nonce, and speaks the contract', async () => {
    window = await fixture.start()
    const port = await greeted()
    expect(window.contents.posted[0]).toMatchObject({ channel: TAKE_PORT_CHANNEL, message: NONCE })
    expect(port.received[0]).toMatchObject({
      t: 'hello',
      hello: {
        version: '1.2.3',
        host: { kind: 'desktop' },
        abilities: { hasNativeMenu: true, hasTray: true, isInBrowser: false }
      }
    })
  })

  test.each([
    ['another site', { url: 'https://example.test/', parent: null }, NONCE],
    ['a frame inside our page', { url: PAGE_URL, parent: {} }, NONCE],
    ['a frame that is gone', null, NONCE],
    ['our page without a nonce', PAGE_FRAME, 7]
  ])('is refused to %s, with a line in the log', async (_who, frame, nonce) => {
    window = await fixture.start()
    askForPort(frame, nonce)
    expect(window.contents.posted).toEqual([])
    expect(fixture.lines.at(-1)).toContain('was dropped')
  })

  test('ends when the page asks for another one, as after a reload', async () => {
    window = await fixture.start()
    const first = await greeted()
    const second = await greeted()
    expect({ first: first.isClosed, second: second.isClosed }).toEqual({
      first: true,
      second: false
    })
  })

  test('takes no frame that is too long', async () => {
    window = await fixture.start()
    const port = await greeted()
    await port.say({ t: 'call', id: 1, m: 'x', a: 'x'.repeat(1024 * 1024) })
    expect(port.isClosed).toBe(true)
  })
})

describe('the menu bar', () => {
  const ACTION = { id: 'go.live', section: 'Go to', title: 'Go to Live', keys: 'g l' }

  test('shows what the page offers, and asks the page for what was chosen', async () => {
    window = await fixture.start()
    const port = await greeted()
    await port.say({ t: 'sub', id: 1, topic: 'hostRequests', a: {} })
    const actions = [{ ...ACTION, isEnabled: true, isOn: null }]
    await port.say({ t: 'call', id: 2, m: 'host.offerActions', a: { actions } })
    expect(port.received.at(-1)).toEqual({ t: 'ok', id: 2, r: {} })

    item(electronDouble.state.menu, 'Go', 'Go to Live').click!()
    await turns()
    expect(port.received.at(-1)).toMatchObject({
      t: 'ev',
      id: 1,
      p: { kind: 'action', actionId: 'go.live' }
    })
    expect(window.log.at(-1)).toBe('focus')
  })

  test('is not built again for the same actions', async () => {
    window = await fixture.start()
    const port = await greeted()
    const actions = [{ ...ACTION, isEnabled: true, isOn: null }]
    await port.say({ t: 'call', id: 1, m: 'host.offerActions', a: { actions } })
    const { menu } = electronDouble.state
    await port.say({ t: 'call', id: 2, m: 'host.offerActions', a: { actions } })
    expect(electronDouble.state.menu).toBe(menu)
  })

  test('is refused what is no action', async () => {
    window = await fixture.start()
    const port = await greeted()
    await port.say({ t: 'call', id: 1, m: 'host.offerActions', a: { actions: [{ id: 1 }] } })
    expect(port.received.at(-1)).toMatchObject({ t: 'err', e: { code: 'ARGUMENTS_INVALID' } })
  })
})

describe('the tray', () => {
  test('tells the verdict by glyph and sentence, and what a quit would stop', async () => {
    window = await fixture.start()
    const [tray] = electronDouble.state.trays
    expect(tray!.image.path).toMatch(/serving\.png$/)
    fixture.become('down')
    expect(tray!.image.path).toMatch(/down\.png$/)
    expect(tray!.toolTip).toBe('Switchyard: api 3/4')
    expect(tray!.menu.filter(({ label }) => label !== undefined)).toMatchObject([
      { label: 'It is down.', enabled: false },
      { label: 'Show console' },
      { label: 'Quit and stop the proxy (84 req/s)' }
    ])
    fixture.sentence = 'Quit and stop the proxy (90 req/s)'
    fixture.clock.advance(5_000)
    expect(tray!.menu.at(-1)!.label).toBe(fixture.sentence)
  })

  test('shows the console, by its menu and by a click', async () => {
    window = await fixture.start()
    const [tray] = electronDouble.state.trays
    window.hide()
    item(tray!.menu, 'Show console').click!()
    expect(window.isVisibleNow).toBe(true)
    window.hide()
    tray!.emitter.emit('click')
    expect(window.isVisibleNow).toBe(true)
  })

  test('has a template picture on a Mac', async () => {
    window = await fixture.start({}, 'darwin')
    expect(electronDouble.state.trays[0]!.image.path).toMatch(/servingTemplate\.png$/)
  })
})

describe('a notification', () => {
  test('tells a change of the verdict, and a click leads to the incident', async () => {
    window = await fixture.start()
    fixture.openIncident(7)
    fixture.become('down')
    const [notification] = electronDouble.state.notifications
    expect(notification).toMatchObject({
      isShown: true,
      options: { title: 'Down: api 3/4', body: 'It is down.' }
    })
    window.hide()
    notification!.emitter.emit('click')
    expect(window.isVisibleNow).toBe(true)
    const port = await greeted()
    await port.say({ t: 'sub', id: 1, topic: 'hostRequests', a: {} })
    expect(port.received.at(-1)).toMatchObject({ p: { kind: 'incident', incidentId: 7 } })
  })

  test('is not shown where the operator wants none', async () => {
    fixture.preferences = { ...fixture.preferences, notifications: { isOn: false } }
    window = await fixture.start()
    fixture.become('down')
    expect(electronDouble.state.notifications).toEqual([])
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

  test('asks nothing where nothing runs', async () => {
    fixture.sentence = 'Quit'
    window = await fixture.start()
    window.close()
    expect(await fixture.ended()).toBe(0)
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
    fixture.clock.advance(STOP_DEADLINE_MS + CUT_DEADLINE_MS)
    await turns()
  })

  test('shows in the tray that requests may finish, and lets them be cut', async () => {
    fixture.stopping = new Promise(() => {})
    window = await fixture.start()
    process.emit('SIGTERM')
    await turns()
    item(electronDouble.state.trays[0]!.menu, 'Cut what still runs').click!()
    expect(fixture.cuts).toBe(1)
    fixture.clock.advance(STOP_DEADLINE_MS + CUT_DEADLINE_MS)
    await turns()
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
    for (let crash = 0; crash < 3; crash++) window.contents.crash('oom')
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

  test('is left alone when it ended as it should', async () => {
    window = await fixture.start()
    window.contents.crash('clean-exit')
    expect(window.contents.reloads).toBe(0)
  })
})
