import { renderHook } from "@testing-library/react"
import userEvent from "@testing-library/user-event"
import { expect, test, vi } from "vitest"
import { boundCommands, useShortcuts } from "./shortcuts"
import { keycaps, SHORTCUTS } from "./shortcutList"

test("a page's own meaning of a key goes before the one of everywhere, whichever came first", async () => {
  const filter = vi.fn()
  const search = vi.fn()
  renderHook(() => useShortcuts({ "board.filter": filter }))
  renderHook(() => useShortcuts({ search }))
  await userEvent.keyboard("/")
  expect(filter).toHaveBeenCalledOnce()
  expect(search).not.toHaveBeenCalled()
})

test("G, then a letter; another letter does what it does alone", async () => {
  const goInbox = vi.fn()
  const theme = vi.fn()
  renderHook(() => useShortcuts({ goInbox, theme }))
  await userEvent.keyboard("gi")
  expect(goInbox).toHaveBeenCalledOnce()
  await userEvent.keyboard("i")
  expect(goInbox).toHaveBeenCalledOnce()
  await userEvent.keyboard("gt")
  expect(theme).toHaveBeenCalledOnce()
})

test("in a field only what says so is heard, and a field keeps its own undo", async () => {
  const palette = vi.fn()
  const undo = vi.fn()
  renderHook(() => useShortcuts({ palette, undo, theme: undo }))
  const field = document.createElement("input")
  document.body.append(field)
  field.focus()
  await userEvent.keyboard("t{Control>}zk{/Control}")
  expect(palette).toHaveBeenCalledOnce()
  expect(undo).not.toHaveBeenCalled()
  field.remove()
})

test("what is not bound is no command, and keys that need a row in focus are none either", () => {
  const { unmount } = renderHook(() => useShortcuts({ "inbox.archive": vi.fn(), "inbox.readAll": vi.fn(), theme: vi.fn() }))
  expect(boundCommands().map(({ id }) => id)).toEqual(["inbox.readAll", "theme"])
  unmount()
  expect(boundCommands()).toEqual([])
})

test("no two meanings of a key are in one place", () => {
  const seen = Object.values(SHORTCUTS).flatMap(({ keys, where }) => keys.map((key) => `${where === "Go to" ? "Anywhere" : where}: ${key}`))
  expect(seen.filter((one, at) => seen.indexOf(one) !== at)).toEqual([])
  expect(keycaps("mod+shift+z")).toEqual(["⌘/Ctrl", "Shift", "Z"])
})
