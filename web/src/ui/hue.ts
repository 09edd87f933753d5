/** Soft background and readable ink of one hue, for light and dark. */
export function hueStyle(hue: number) {
  return {
    background: `light-dark(oklch(0.9 0.06 ${hue}), oklch(0.38 0.08 ${hue}))`,
    color: `light-dark(oklch(0.38 0.12 ${hue}), oklch(0.93 0.05 ${hue}))`,
  }
}
