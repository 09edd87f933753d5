import { expect, test } from "vitest"
import { PROJECT_VIEWS, rememberedView, rememberView } from "./projectViews"

test("a project is shown as it was last, each by itself; the first time as a board", () => {
  expect(rememberedView("p")).toBe("board")
  rememberView("p", "calendar")
  expect(rememberedView("p")).toBe("calendar")
  expect(rememberedView("other")).toBe("board")
  rememberView("p", "board")
  expect(rememberedView("p")).toBe("board")
})

test("what some other version kept is no view", () => {
  localStorage.setItem("projectflow.view.p", "hologram")
  expect(rememberedView("p")).toBe("board")
})

test("each view has a key of its own", () => {
  expect(new Set(PROJECT_VIEWS.map(({ shortcut }) => shortcut)).size).toBe(PROJECT_VIEWS.length)
})
