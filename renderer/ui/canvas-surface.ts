/** A canvas that is as sharp as the screen: sized in CSS pixels, drawn in device pixels. */

/**
 * Gives the canvas its size (setting it clears it) and a context whose unit is the CSS pixel.
 * @returns null where the browser has no 2D context left to give.
 */
export function surfaceOf(
  canvas: HTMLCanvasElement,
  widthPx: number,
  heightPx: number
): CanvasRenderingContext2D | null {
  // Wall mode zooms the page by CSS, of which the device pixel ratio knows nothing.
  const scale = window.devicePixelRatio * canvas.currentCSSZoom
  const width = Math.max(1, Math.round(widthPx * scale))
  const height = Math.max(1, Math.round(heightPx * scale))
  const context = canvas.getContext('2d')
  if (context === null) return null
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width
    canvas.height = height
  }
  context.setTransform(scale, 0, 0, scale, 0, 0)
  context.clearRect(0, 0, widthPx, heightPx)
  return context
}
