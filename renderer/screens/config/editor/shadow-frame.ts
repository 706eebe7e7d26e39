/**
 * A frame of its own for an editor. The editor writes its styles with script, which our content
 * security policy lets into a shadow tree (as an adopted style sheet) and nowhere else.
 */

export interface ShadowFrame {
  readonly root: ShadowRoot
  remove(): void
}

export function shadowFrame(host: HTMLElement): ShadowFrame {
  const frame = document.createElement('div')
  frame.className = 'editor-frame'
  const root = frame.attachShadow({ mode: 'open', delegatesFocus: true })
  // Seen from outside, a press comes from the frame and not from a text: single keys would act.
  frame.addEventListener('keydown', (event) => {
    const isForPage = event.ctrlKey || event.metaKey || /^F[0-9]+$/.test(event.key)
    if (!isForPage) event.stopPropagation()
  })
  host.append(frame)
  return { root, remove: () => frame.remove() }
}
