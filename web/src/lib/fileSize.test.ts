import { expect, test } from "vitest"
import { fileSize } from "./fileSize"

test.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [1_000, "1 kB"],
  [1_540, "1.5 kB"],
  [52_428_800, "52 MB"],
  [7e12, "7,000 GB"],
])("%d bytes are %s", (bytes, said) => {
  expect(fileSize(bytes)).toBe(said)
})
