import { render, screen, waitFor, within } from "@testing-library/react"
import userEvent from "@testing-library/user-event"
import { Provider } from "react-redux"
import { MemoryRouter } from "react-router"
import { expect, test, vi } from "vitest"
import { signedIn } from "@/lib/session"
import { makeStore } from "@/lib/store"
import { makeAuth, makeBoard, makeCard } from "@/testing/factories"
import { fakeNetwork, problem } from "@/testing/network"
import { useGetBoardQuery } from "../api/board"
import { noFilters } from "../filters/boardFilters"
import { Board } from "./Board"

const onOpen = vi.fn()

function Shown() {
  const { data } = useGetBoardQuery({ projectId: "project", filters: noFilters })
  if (!data) return null
  return (
    <Board projectId="project" board={data} filters={noFilters} people={[]} tags={[]} openId={null} onOpen={onOpen} />
  )
}

async function show(routes: Parameters<typeof fakeNetwork>[0] = {}, role: "owner" | "viewer" = "owner") {
  const calls = fakeNetwork({
    "GET /projects/project/board": () => ({ body: makeBoard({ todo: ["a", "b"], doing: [], done: ["x"] }) }),
    ...routes,
  })
  const store = makeStore()
  store.dispatch(signedIn(makeAuth("token", { role })))
  render(
    <Provider store={store}>
      <MemoryRouter>
        <Shown />
      </MemoryRouter>
    </Provider>,
  )
  await screen.findByRole("button", { name: "WEB-a Task a" })
  return { calls, store, user: userEvent.setup() }
}

const cardsIn = (column: string) =>
  within(screen.getByRole("region", { name: `${column} column` }))
    .queryAllByRole("article")
    .map((card) => card.getAttribute("aria-label"))

test("Space lifts, arrows choose, Space drops: told in words, moved at once, focus stays on the card", async () => {
  const { calls, user } = await show({ "POST /tasks/a/move": () => ({ body: makeCard("a", { status: "done", position: "y", version: 2 }) }) })
  screen.getByRole("button", { name: "WEB-a Task a" }).focus()
  await user.keyboard(" ")
  expect(screen.getByText(/Picked up WEB-a/)).toBeInTheDocument()
  await user.keyboard("{ArrowRight}{ArrowRight}{ArrowDown}")
  expect(screen.getByText("done, position 2 of 2.")).toBeInTheDocument()
  await user.keyboard(" ")
  expect(cardsIn("done")).toEqual(["WEB-x Task x", "WEB-a Task a"])
  await waitFor(() => expect(screen.getByRole("button", { name: "WEB-a Task a" })).toHaveFocus())
  await waitFor(() => expect(calls.at(-1)?.body).toEqual({ status: "done", version: 1, after_id: "x" }))
  expect(onOpen).not.toHaveBeenCalled()
})

test("Escape leaves everything as it was", async () => {
  const { calls, user } = await show()
  screen.getByRole("button", { name: "WEB-a Task a" }).focus()
  await user.keyboard(" {ArrowRight}{Escape} ")
  expect(cardsIn("todo")).toEqual(["WEB-a Task a", "WEB-b Task b"])
  await user.keyboard("{Escape}")
  expect(calls).toHaveLength(1)
})

test("a refused move is taken back on screen", async () => {
  const { store, user } = await show({ "POST /tasks/b/move": () => problem(500, "unforeseen") })
  screen.getByRole("button", { name: "WEB-b Task b" }).focus()
  await user.keyboard(" {ArrowRight} ")
  await waitFor(() => expect(store.getState().toasts[0]?.tone).toBe("danger"))
  expect(cardsIn("todo")).toEqual(["WEB-a Task a", "WEB-b Task b"])
  expect(cardsIn("doing")).toEqual([])
})

test("Enter opens; J, K and arrows walk through the cards", async () => {
  const { user } = await show()
  await user.keyboard("jj")
  expect(screen.getByRole("button", { name: "WEB-b Task b" })).toHaveFocus()
  await user.keyboard("{ArrowRight}")
  expect(screen.getByRole("button", { name: "WEB-x Task x" })).toHaveFocus()
  await user.keyboard("k{Enter}")
  expect(onOpen).toHaveBeenCalledWith("b")
})

test("a viewer can neither add nor lift", async () => {
  const { user, calls } = await show({}, "viewer")
  expect(screen.queryByRole("button", { name: "Add task to todo" })).not.toBeInTheDocument()
  screen.getByRole("button", { name: "WEB-a Task a" }).focus()
  await user.keyboard(" {ArrowRight} ")
  expect(cardsIn("todo")).toContain("WEB-a Task a")
  expect(calls).toHaveLength(1)
})
