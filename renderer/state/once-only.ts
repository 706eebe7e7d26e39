/** A removal that can be called twice without harm. */
export function onceOnly(run: () => void): () => void {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    run()
  }
}
