/** Moving in the list of the shown screen, through the hooks that the screen offers. */
import { action, type Action, type ActionContext } from './action.ts'

const NO_LIST = 'This screen has no list.'

const moving =
  (rows: number) =>
  ({ console }: ActionContext): void =>
    console.hooks.find('move')?.(rows)

const hasList = ({ console }: ActionContext): true | string =>
  console.hooks.find('move') === undefined ? NO_LIST : true

export const LIST_ACTIONS: readonly Action[] = [
  action({
    id: 'list.filter',
    section: 'View',
    title: 'Filter',
    keywords: ['search', 'find', 'narrow'],
    icon: 'filter',
    keys: ['/'],
    when: ({ console }) =>
      console.hooks.find('focusFilter') === undefined ? 'This screen has no filter.' : true,
    run: ({ console }) => console.hooks.find('focusFilter')?.()
  }),
  action({
    id: 'list.next',
    section: 'View',
    title: 'Next row',
    keywords: ['down', 'list'],
    icon: 'arrow-down',
    keys: ['j', 'ArrowDown'],
    isKeyOnly: true,
    when: hasList,
    run: moving(1)
  }),
  action({
    id: 'list.previous',
    section: 'View',
    title: 'Previous row',
    keywords: ['up', 'list'],
    icon: 'arrow-up',
    keys: ['k', 'ArrowUp'],
    isKeyOnly: true,
    when: hasList,
    run: moving(-1)
  }),
  action({
    id: 'list.open',
    section: 'View',
    title: 'Inspect the row',
    keywords: ['open', 'details', 'enter'],
    icon: 'eye',
    keys: ['Enter'],
    isKeyOnly: true,
    when: ({ console }) => (console.hooks.find('open') === undefined ? NO_LIST : true),
    run: ({ console }) => console.hooks.find('open')?.()
  })
]
