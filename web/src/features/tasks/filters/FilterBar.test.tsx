import { render, screen, waitFor } from "@testing-library/react"
import userEvent from "@testing-library/user-event"
import { MemoryRouter, useLocation } from "react-router"
import { expect, test } from "vitest"
import { makeUser } from "@/testing/factories"
import { noFilters, readFilters, toQuery, writeFilters } from "./boardFilters"
import { FilterBar } from "./FilterBar"

function Address() {
  return <output aria-label="address">{useLocation().search}</output>
}

function show(search = "") {
  render(
    <MemoryRouter initialEntries={[`/board${search}`]}>
      <FilterBar people={[makeUser()]} tags={[{ name: "design", color: null }]} matches={3} />
      <Address />
    </MemoryRouter>,
  )
  return () => screen.getByLabelText("address").textContent
}

test("typing ends up in the address; the open task stays there", async () => {
  const address = show("?task=t1")
  await userEvent.type(screen.getByLabelText("Filter by text"), "menu")
  await waitFor(() => expect(address()).toBe("?task=t1&q=menu"))
})

test("chosen values are repeated in the address, and Clear takes all of them away", async () => {
  const address = show("?task=t1&archived=true")
  await userEvent.click(screen.getByRole("button", { name: "Priority: any" }))
  await userEvent.click(screen.getByRole("option", { name: "Urgent" }))
  await userEvent.click(screen.getByRole("option", { name: "Low" }))
  expect(address()).toBe("?task=t1&priority=urgent&priority=low&archived=true")
  await userEvent.keyboard("{Escape}")
  await userEvent.click(screen.getByRole("button", { name: "Clear" }))
  expect(address()).toBe("?task=t1")
})

test("an address shows its filters", () => {
  show("?q=menu&assignee=ada")
  expect(screen.getByLabelText("Filter by text")).toHaveValue("menu")
  expect(screen.getByRole("button", { name: "Assignee: Ada Lovelace" })).toBeInTheDocument()
  expect(screen.getByText("3 tasks found")).toBeInTheDocument()
})

test("/ goes to the field, but not while somebody types elsewhere", async () => {
  show()
  await userEvent.keyboard("/")
  expect(screen.getByLabelText("Filter by text")).toHaveFocus()
  await userEvent.keyboard("a/b")
  expect(screen.getByLabelText("Filter by text")).toHaveValue("a/b")
})

test("reading and writing the address are inverse; what is unknown is left out", () => {
  const filters = { q: "a b&c", assignees: ["none", "u1"], priorities: ["high" as const], tags: ["ü/ä"], archived: true }
  expect(readFilters(writeFilters(new URLSearchParams(), filters))).toEqual(filters)
  expect(readFilters(new URLSearchParams("priority=absurd&archived=maybe"))).toEqual(noFilters)
})

test("the API gets its own names", () => {
  expect(toQuery({ ...noFilters, assignees: ["none"], tags: ["a", "b"], q: " x " })).toBe(
    "archived=false&q=x&assignee_id=none&tag=a&tag=b",
  )
})
