import { File as FileOfFetch } from "node:buffer"
import { fireEvent, render, screen } from "@testing-library/react"
import { Provider } from "react-redux"
import { expect, test, vi } from "vitest"
import { makeStore } from "@/lib/store"
import { fakeNetwork, problem } from "@/testing/network"
import { checkFile } from "./checkFile"
import { DropZone } from "./DropZone"
import { pollDelay } from "./polling"

const MB = 1024 * 1024

function show(routes: Parameters<typeof fakeNetwork>[0]) {
  const calls = fakeNetwork(routes)
  const onStarted = vi.fn()
  render(
    <Provider store={makeStore()}>
      <DropZone onStarted={onStarted} />
    </Provider>,
  )
  const choose = (file: File) => fireEvent.change(screen.getByLabelText("Trello export file"), { target: { files: [file] } })
  return { calls, onStarted, choose }
}

// Node's fetch reads only Node's own files, not those of jsdom.
function exportFile(text: string, name: string): File {
  return new FileOfFetch([text], name) as unknown as File
}

test("20 MB are taken, one byte more is not", () => {
  expect(checkFile({ name: "board.json", size: 20 * MB })).toBeNull()
  expect(checkFile({ name: "board.json", size: 20 * MB + 1 })).toMatch(/up to 20 MB/)
  expect(checkFile({ name: "board.json", size: 0 })).toMatch(/empty/)
  expect(checkFile({ name: "board.csv", size: 10 })).toMatch(/not a JSON file/)
})

test("a file that is too large is never sent", async () => {
  const { calls, choose } = show({})
  const file = new File(["{}"], "big.json")
  Object.defineProperty(file, "size", { value: 21 * MB })
  choose(file)
  expect(await screen.findByRole("alert")).toHaveTextContent("big.json has 21 MB")
  expect(calls).toEqual([])
})

test("the file travels as it is, under its name", async () => {
  const { calls, choose, onStarted } = show({ "POST /imports/trello": () => ({ status: 202, body: { id: "i1" } }) })
  choose(exportFile('{"cards": []}', "My board.json"))
  await expect.poll(() => onStarted.mock.calls).toEqual([[{ id: "i1" }]])
  expect(calls).toMatchObject([{ path: "/imports/trello?file_name=My+board.json", body: { cards: [] } }])
})

test("what the server says about the file is shown", async () => {
  const { choose } = show({
    "POST /imports/trello": () => problem(422, "not-a-trello-board", { detail: "cards[3] has no name." }),
  })
  choose(exportFile("{}", "board.json"))
  expect(await screen.findByRole("alert")).toHaveTextContent("cards[3] has no name.")
})

test("asking for progress gets slower and ends", () => {
  expect(pollDelay(0)).toBe(600)
  expect(pollDelay(3)).toBeGreaterThan(pollDelay(2) ?? Infinity)
  expect(pollDelay(100)).toBe(5000)
  expect(pollDelay(150)).toBeNull()
})
