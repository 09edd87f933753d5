import { act, render, screen, waitFor, within } from "@testing-library/react"
import userEvent from "@testing-library/user-event"
import { Provider } from "react-redux"
import { MemoryRouter } from "react-router"
import { expect, test, vi } from "vitest"
import { signedIn } from "@/lib/session"
import { makeStore } from "@/lib/store"
import { dropped } from "@/lib/sync/slice"
import { makeAuth } from "@/testing/factories"
import { boardTables, fill } from "@/testing/tables"
import { useBoard } from "../api/useBoard"
import { noFilters } from "../filters/boardFilters"
import { Board } from "./Board"

const onOpen = vi.fn()

function Shown() {
  const { board, showMore } = useBoard("project", noFilters)
  if (!board) return null
  return <Board projectId="project" board={board} onShowMore={showMore} people={[]} tags={[]} openId={null} onOpen={onOpen} />
}

function show(role: "owner" | "viewer" = "owner", columns: Record<string, string[]> = { todo: ["a", "b"], doing: [], done: ["x"] }) {
  const store = makeStore()
  store.dispatch(signedIn(makeAuth("token", { role })))
  fill(store, boardTables(columns))
  render(
    <Provider store={store}>
      <MemoryRouter>
        <Shown />
      </MemoryRouter>
    </Provider>,
  )
  return { store, user: userEvent.setup(), waiting: () => store.getState().sync.pending }
}

const cardsIn = (column: string) =>
  within(screen.getByRole("region", { name: `${column} column` }))
    .queryAllByRole("article")
    .map((card) => card.getAttribute("aria-label"))

test("Space lifts, arrows choose, Space drops: told in words, moved at once, focus stays on the card", async () => {
  const { user, waiting } = show()
  screen.getByRole("button", { name: "WEB-a Task a" }).focus()
  await user.keyboard(" ")
  expect(screen.getByText(/Picked up WEB-a/)).toBeInTheDocument()
  await user.keyboard("{ArrowRight}{ArrowRight}{ArrowDown}")
  expect(screen.getByText("done, position 2 of 2.")).toBeInTheDocument()
  await user.keyboard(" ")
  expect(cardsIn("done")).toEqual(["WEB-x Task x", "WEB-a Task a"])
  await waitFor(() => expect(screen.getByRole("button", { name: "WEB-a Task a" })).toHaveFocus())
  expect(waiting()).toMatchObject([{ type: "task.move", entity: "a", status: "done", after_id: "x" }])
  expect(onOpen).not.toHaveBeenCalled()
})

test("Escape leaves everything as it was", async () => {
  const { waiting, user } = show()
  screen.getByRole("button", { name: "WEB-a Task a" }).focus()
  await user.keyboard(" {ArrowRight}{Escape} ")
  expect(cardsIn("todo")).toEqual(["WEB-a Task a", "WEB-b Task b"])
  await user.keyboard("{Escape}")
  expect(waiting()).toEqual([])
})

test("a refused move is taken back on screen", async () => {
  const { store, user, waiting } = show()
  screen.getByRole("button", { name: "WEB-b Task b" }).focus()
  await user.keyboard(" {ArrowRight} ")
  expect(cardsIn("doing")).toEqual(["WEB-b Task b"])
  act(() => void store.dispatch(dropped(waiting()[0]!.id)))
  expect(cardsIn("todo")).toEqual(["WEB-a Task a", "WEB-b Task b"])
  expect(cardsIn("doing")).toEqual([])
})

test("a long column shows its first fifty, and more when asked", async () => {
  const { user } = show("owner", { todo: Array.from({ length: 60 }, (_, n) => `t${String(n).padStart(2, "0")}`) })
  expect(cardsIn("todo")).toHaveLength(50)
  await user.click(screen.getByRole("button", { name: "Load more (10 left)" }))
  expect(cardsIn("todo")).toHaveLength(60)
})

test("Enter opens; J, K and arrows walk through the cards", async () => {
  const { user } = show()
  await user.keyboard("jj")
  expect(screen.getByRole("button", { name: "WEB-b Task b" })).toHaveFocus()
  await user.keyboard("{ArrowRight}")
  expect(screen.getByRole("button", { name: "WEB-x Task x" })).toHaveFocus()
  await user.keyboard("k{Enter}")
  expect(onOpen).toHaveBeenCalledWith("b")
})

test("a viewer can neither add nor lift", async () => {
  const { user, waiting } = show("viewer")
  expect(screen.queryByRole("button", { name: "Add task to todo" })).not.toBeInTheDocument()
  screen.getByRole("button", { name: "WEB-a Task a" }).focus()
  await user.keyboard(" {ArrowRight} ")
  expect(cardsIn("todo")).toContain("WEB-a Task a")
  expect(waiting()).toEqual([])
})
