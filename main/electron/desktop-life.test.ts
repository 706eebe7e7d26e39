/**
 * The life of the desktop host against the Electron double: the contract over a port, menu, tray
 * and notifications. Its end, and that of its page, are in `desktop-end.test.ts`.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TAKE_PORT_CHANNEL } from '../../preload/contract/bridge.ts'
import { contractHash } from '../../preload/contract/contract-hash.ts'
import type { FromHost } from '../../preload/contract/envelope.ts'
import { electronDouble } from '../../test/electron-double/electron.ts'
import type { DoublePort } from '../../test/electron-double/ports.ts'
import type { DoubleWindow } from '../../test/electron-double/window.ts'
import { PAGE_URL } from './page-origin.ts'
import { DesktopFixture, menuItem as item, turns } from './testing/desktop-fixture.ts'

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

  test('ticks nothing by itself: what is on is the page’s word', async () => {
    window = await fixture.start()
    const port = await greeted()
    const PAUSE = { ...ACTION, id: 'view.pause', section: 'View', title: 'Pause', isEnabled: true }
    const offer = (id: number, isOn: boolean): Promise<void> =>
      port.say({ t: 'call', id, m: 'host.offerActions', a: { actions: [{ ...PAUSE, isOn }] } })
    await offer(1, false)
    item(electronDouble.state.menu, 'View', 'Pause').click!()
    expect(item(electronDouble.state.menu, 'View', 'Pause').checked).toBe(false)
    await offer(2, true)
    expect(item(electronDouble.state.menu, 'View', 'Pause').checked).toBe(true)
    item(electronDouble.state.menu, 'View', 'Pause').click!()
    expect(item(electronDouble.state.menu, 'View', 'Pause').checked).toBe(true)
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
    fixture.openIncident(6)
    // In the order of the services: the verdict is told first.
    fixture.become('down')
    fixture.openIncident(7)
    await turns()
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
    await turns()
    expect(electronDouble.state.notifications).toEqual([])
  })

  test('is taken back when users are served better and nothing is to be told of it', async () => {
    window = await fixture.start()
    fixture.openIncident(7)
    fixture.become('down')
    await turns()
    fixture.become('serving')
    await turns()
    const shown = electronDouble.state.notifications.map(({ isShown }) => isShown)
    expect(shown).toEqual([false])
  })

  test('is not shown any more once everything ends', async () => {
    fixture.stopping = new Promise(() => {})
    window = await fixture.start()
    fixture.become('down')
    process.emit('SIGTERM')
    await turns()
    expect(electronDouble.state.notifications.filter(({ isShown }) => isShown)).toEqual([])
    await fixture.leave()
  })
})
