/** Messages: an Undo for eight seconds, problems and offers until dismissed, never more than four. */
import { beforeEach, describe, expect, test } from 'vitest'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import { ManualPage } from '../testing/manual-page.ts'
import { Toasts } from './toasts.svelte.ts'

let page: ManualPage
let toasts: Toasts

beforeEach(() => {
  page = new ManualPage()
  toasts = new Toasts(page)
})

const texts = (): readonly string[] => toasts.list.map(({ text }) => text)
const UNDO = { label: 'Undo', run: () => {} }

describe('Toasts', () => {
  test('shows what was done for five seconds, with an Undo for eight', () => {
    toasts.done('Probed 10.0.0.1:80.')
    toasts.done('Drained 10.0.0.1:80.', UNDO)
    page.advance(4999)
    expect(texts()).toHaveLength(2)
    page.advance(1)
    expect(texts()).toEqual(['Drained 10.0.0.1:80.'])
    page.advance(3000)
    expect(texts()).toEqual([])
  })

  test('keeps a problem with its remedy and code until it is dismissed', () => {
    toasts.problem(new SwitchyardError('POOL_UNKNOWN', 'No pool is named x.'))
    page.advance(60_000)
    const [toast] = toasts.list
    expect(toast).toMatchObject({
      tone: 'problem',
      text: 'No pool is named x.',
      code: 'POOL_UNKNOWN'
    })
    expect(toast!.remedy).not.toBe('')
    toasts.dismiss(toast!.id)
    expect(toasts.list).toEqual([])
  })

  test('says nothing about a call that the operator cancelled', () => {
    toasts.problem(new SwitchyardError('CANCELLED', 'Cancelled.'))
    expect(toasts.list).toEqual([])
  })

  test('shows other errors and thrown values as they are', () => {
    toasts.problem(new Error('Odd.'))
    toasts.problem('odder')
    expect(texts()).toEqual(['Odd.', 'odder'])
  })

  test('lets the oldest give way to a fifth', () => {
    for (const at of [1, 2, 3, 4, 5]) toasts.done(`${at}`)
    expect(texts()).toEqual(['2', '3', '4', '5'])
    expect(page.timerCount).toBe(4)
  })

  test('stays while the pointer is on it', () => {
    toasts.done('Drained.', UNDO)
    const { id } = toasts.list[0]!
    toasts.hold(id)
    page.advance(60_000)
    expect(texts()).toEqual(['Drained.'])
    toasts.release(id)
    page.advance(5000)
    expect(texts()).toEqual([])
  })

  test('does not let a problem expire after the pointer has left it', () => {
    toasts.problem(new Error('Odd.'))
    const { id } = toasts.list[0]!
    toasts.hold(id)
    toasts.release(id)
    page.advance(60_000)
    expect(texts()).toEqual(['Odd.'])
  })

  test('keeps an offer until it is dismissed, also after the pointer has left it', () => {
    const id = toasts.offer('Errors rose.', { label: 'Restore', run: () => {} })
    toasts.hold(id)
    toasts.release(id)
    page.advance(600_000)
    expect(toasts.list).toMatchObject([{ id, tone: 'offer', action: { label: 'Restore' } }])
    toasts.dismiss(id)
    expect(toasts.list).toEqual([])
  })

  test('leaves no timer behind', () => {
    toasts.done('a')
    toasts.done('b', UNDO)
    toasts.clear()
    expect(page.timerCount).toBe(0)
    expect(toasts.list).toEqual([])
  })
})
