import { expect, it } from "vitest"
import type { Dependency, LinkedTask } from "@/lib/api/types"
import { linkedKeys, neighbourOf, placed } from "./layout"

const task = (id: string): LinkedTask => ({ id, project_id: "p", key: id.toUpperCase(), title: id, status: "todo", category: "unstarted", start_date: null, due_date: null, completed_at: null })
const link = (depends_on_task_id: string, task_id: string): Dependency => ({
  id: `${depends_on_task_id}${task_id}`, task_id, depends_on_task_id, type: "finish_to_start", lag_minutes: 0, lag_is_elapsed: false, created_at: "",
}) // prettier-ignore
const graph = { nodes: ["a", "b", "c", "d"].map(task), edges: [link("a", "b"), link("a", "c"), link("b", "d"), link("c", "d"), link("elsewhere", "d")] }

it("puts what waits to the right of what it waits for, and goes along the links by arrows", () => {
  const drawn = placed(graph)
  const x = (id: string) => drawn.tasks.find((one) => one.task.id === id)?.x ?? NaN
  expect(x("a")).toBeLessThan(x("b"))
  expect(x("b")).toBe(x("c"))
  expect(x("c")).toBeLessThan(x("d"))
  expect(drawn.links).toHaveLength(4)
  expect(drawn.links.every(({ path }) => path.startsWith("M"))).toBe(true)
  expect(neighbourOf(drawn, "d", "ArrowRight")).toBeUndefined()
  expect(["b", "c"]).toContain(neighbourOf(drawn, "a", "ArrowRight"))
  expect(neighbourOf(drawn, "b", "ArrowLeft")).toBe("a")
  const [upper, lower] = drawn.tasks.filter((one) => "bc".includes(one.task.id)).sort((one, other) => one.y - other.y)
  expect(neighbourOf(drawn, upper!.task.id, "ArrowDown")).toBe(lower!.task.id)
  expect(neighbourOf(drawn, lower!.task.id, "ArrowUp")).toBe(upper!.task.id)
  expect(linkedKeys(graph).get("d")).toEqual({ before: ["B", "C", "a task elsewhere"], after: [] })
})

it("draws nothing of nothing", () => {
  expect(placed({ nodes: [], edges: [] })).toMatchObject({ tasks: [], links: [] })
})
