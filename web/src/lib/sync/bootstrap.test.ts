import { expect, test } from "vitest"
import { makeCard } from "@/testing/factories"
import { readRows } from "./bootstrap"

function stream(text: string, size: number): ReadableStream<BufferSource> {
  const bytes = new TextEncoder().encode(text)
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size))
      controller.close()
    },
  })
}

const head = JSON.stringify({ bootstrap: { seq: 12, counts: {} } })
const rows = [
  { model: "task", row: makeCard("a", { title: "Größe ✓" }) },
  { model: "project_member", row: { project_id: "p", user_id: "u", role: "member" } },
  { model: "relation", row: { task_id: "z", other_task_id: "b" } },
  { model: "timer", row: { id: "entry", user_id: "u" } },
].map((row) => JSON.stringify(row))

test.each([1, 7, 100_000])("rows come whole, in pieces of %i bytes", async (size) => {
  const { tables, seq } = await readRows(stream([head, ...rows, '{"end":{"rows":4}}'].join("\n"), size))
  expect(seq).toBe(12)
  expect(tables.task?.entities.a).toMatchObject({ title: "Größe ✓" })
  expect([tables.project_member?.ids, tables.relation?.ids, tables.timer?.ids]).toEqual([["p/u"], ["b/z"], ["u"]])
})

test.each([
  ["without its end", [head, ...rows]],
  ["with fewer rows than it says", [head, rows[0]!, '{"end":{"rows":4}}']],
])("a stream %s is none", async (_, lines) => {
  await expect(readRows(stream(lines.join("\n"), 50))).rejects.toThrow("broke off")
})
