import { screen, waitFor } from "@testing-library/react"
import { expect, test } from "vitest"
import type { Attachment } from "@/lib/api/types"
import { show } from "@/testing/show"
import { problem } from "@/testing/network"
import { Attachments } from "./Attachments"

const recipe: Attachment = {
  id: "a1", task_id: "t1", uploader_id: null, kind: "file", name: "recipe.pdf", url: "/files/t/a1/file?signature=s",
  download_url: null, preview: null, preview_url: null, content_type: "application/pdf", size_bytes: 1540, version: 1,
  created_at: "2026-01-01T00:00:00Z", updated_at: "2026-01-01T00:00:00Z",
}

test("a chosen file is attached, and a deleted one can be brought back", async () => {
  const items: Attachment[] = []
  const { calls, user } = show(<Attachments taskId="t1" />, {
    as: { role: "owner" },
    routes: {
      "GET /tasks/t1/attachments": () => ({ body: { items } }),
      "POST /tasks/t1/files": () => {
        items.push(recipe)
        return { status: 201, body: recipe }
      },
      "DELETE /attachments/a1": () => {
        items.pop()
        return { status: 204 }
      },
      "POST /attachments/a1/restore": () => {
        items.push(recipe)
        return { body: recipe }
      },
    },
  })

  await user.upload(screen.getByLabelText("Files to attach"), new File(["x"], "recipe.pdf", { type: "application/pdf" }))
  expect(await screen.findByRole("link", { name: "recipe.pdf" })).toHaveAttribute("href", recipe.url)
  expect(screen.getByText(/1\.5 kB/)).toBeInTheDocument()

  await user.click(screen.getByRole("button", { name: "Delete recipe.pdf" }))
  await waitFor(() => expect(screen.queryByRole("link", { name: "recipe.pdf" })).toBeNull())
  await user.click(await screen.findByRole("button", { name: "Undo" }))
  expect(await screen.findByRole("link", { name: "recipe.pdf" })).toBeInTheDocument()
  expect(calls.map(({ method }) => method)).toContain("DELETE")
})

test("a refusal is said in the server's words", async () => {
  const { user } = show(<Attachments taskId="t1" />, {
    as: { role: "owner" },
    routes: {
      "GET /tasks/t1/attachments": () => ({ body: { items: [] } }),
      "POST /tasks/t1/files": () => problem(413, "too-large", { detail: "The file is larger than 50 MB." }),
    },
  })

  await user.upload(screen.getByLabelText("Files to attach"), new File(["x"], "film.mp4"))

  expect(await screen.findByText("The file is larger than 50 MB.")).toBeInTheDocument()
})

test("somebody who only reads sees files and no buttons", async () => {
  show(<Attachments taskId="t1" />, { as: { role: "viewer" }, routes: { "GET /tasks/t1/attachments": () => ({ body: { items: [recipe] } }) } })

  expect(await screen.findByRole("link", { name: "recipe.pdf" })).toBeInTheDocument()
  expect(screen.queryByRole("button")).toBeNull()
})
