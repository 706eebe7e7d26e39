/**
 * The web host's door as a browser and a stranger meet it: no token stays in the address, foreign
 * requests are refused and logged, the cookie opens no call, and a tab without a key says so.
 */
import { request } from 'node:http'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { CONTRACT_PATH } from '../../preload/contract/web-door.ts'
import { requires } from '../setup/requirements.ts'
import { PATIENCE } from './console-view.ts'
import { WebStage } from './web-stage.ts'

requires('chromium-headless-shell')('the door of the web host', () => {
  let stage: WebStage
  beforeAll(async () => {
    stage = await WebStage.start()
  })
  afterAll(() => stage.dispose())

  /** The status of a request to the page with these fields. */
  function knock(headers: Readonly<Record<string, string>>): Promise<number> {
    const { hostname, port } = new URL(stage.process.url)
    return new Promise((resolve, reject) => {
      const asking = request({ hostname, port, path: '/', headers, agent: false }, (response) => {
        response.resume()
        response.on('end', () => resolve(response.statusCode ?? 0))
      })
      asking.on('error', reject)
      asking.end()
    })
  }

  async function cookieOf(context: BrowserContext): Promise<string> {
    return (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  }

  test('the address holds neither link nor ticket after the page has come', async () => {
    const link = stage.process.link
    const page = await stage.open()
    expect(page.url()).toBe(`${stage.process.url}/`)
    expect(link).not.toBe(page.url())
    const history = await page.evaluate(() => [document.referrer, window.history.length])
    expect(history[0]).toBe('')
    const secret = new URL(link).searchParams.get('link')!
    expect(await page.content()).not.toContain(secret)
    expect(stage.complaints).toEqual([])
  })

  test('a foreign Host, a foreign Origin and no cookie are refused with a line each', async () => {
    const page = await stage.open()
    const cookie = await cookieOf(page.context())
    const own = new URL(stage.process.url).host
    expect(await knock({ host: own, cookie })).toBe(200)

    expect(await knock({ host: 'evil.example', cookie })).toBe(403)
    expect(await knock({ host: own, cookie, origin: 'http://evil.example' })).toBe(403)
    expect(await knock({ host: own })).toBe(403)

    const refusals = (): readonly string[] =>
      stage.process.output.split('\n').filter((line) => line.includes(' with 403: '))
    await expect.poll(refusals, PATIENCE).toHaveLength(3)
    expect(refusals()[0]).toContain('Host "evil.example"')
    expect(refusals()[1]).toContain('Origin "http://evil.example"')
    expect(refusals()[2]).toContain('Open the link that the console printed')
    expect(stage.process.output).not.toContain(cookie.split('=')[1])
  })

  test('the cookie alone opens no call', async () => {
    const page = await stage.open()
    const cookie = await cookieOf(page.context())
    const { host } = new URL(stage.process.url)
    const socket = new WebSocket(`ws://${host}${CONTRACT_PATH}`, {
      headers: { cookie, origin: stage.process.url }
    })
    const heard: string[] = []
    socket.on('message', (data) => heard.push(String(data)))
    const closed = new Promise<number>((resolve) => socket.on('close', resolve))
    await new Promise((resolve) => socket.once('open', resolve))
    socket.send(JSON.stringify({ key: '', frame: { kind: 'hello' } }))

    expect(await closed).toBe(4403)
    expect(heard.filter((frame) => frame.includes('"hello"'))).toEqual([])
  })

  test('a second tab without a key explains itself', async () => {
    const page = await stage.open()
    const second = await page.context().newPage()
    await second.goto(stage.process.url)

    await expect
      .poll(() => second.locator('h1').innerText(), PATIENCE)
      .toBe('Open the link of the console')
    expect(await second.getByRole('main').innerText()).toContain('switchyard console --url')
  })

  test('a link that was used says so, and how to get another one', async () => {
    const link = stage.process.link
    const page = await stage.blankPage()
    const response = await page.goto(link)

    expect(response?.status()).toBe(403)
    expect(await page.locator('body').innerText()).toContain('switchyard console --url')
  })
})
