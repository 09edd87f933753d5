import type { Card } from "@/lib/api/types"
import type { Change, SyncEvent } from "@/lib/sync/models"
import { makeCard } from "./factories"
import { fakeNetwork, problem, type Answer, type Call } from "./network"
import { project } from "./tables"

/** As much of the server as the store speaks with: rows, a log, versions, kept answers. */
export class FakeServer {
  readonly calls: Call[]
  readonly tasks = new Map<string, Card>()
  readonly log: (SyncEvent & { changes: Change[] })[] = []
  /** Says something else for once, or for as long as it gives an answer. */
  interfere: (call: Call) => Answer | Promise<Answer> | undefined = () => undefined
  resets = false
  private readonly kept = new Map<string, { words: string; answer: Answer }>()

  constructor(tasks: Card[]) {
    for (const task of tasks) this.tasks.set(task.id, task)
    const writes = (handle: (call: Call) => Answer) => (call: Call) => this.once(call, handle)
    const routes: Parameters<typeof fakeNetwork>[0] = {
      "GET /sync": (call) => this.page(call),
      "GET /sync/bootstrap": () => ({ text: this.bootstrap() }),
      "POST /projects/project/tasks": writes(({ body }) => {
        const task = makeCard((body as Card).id, { ...(body as Card), key: `WEB-${this.tasks.size + 1}`, version: 1 })
        return this.commit("task.created", task)
      }),
      "POST /undo": writes(() => ({ body: { seq: 1, undone_by: 99, type: "task.moved", entity_type: "task", entity_id: "a" } })),
    }
    this.calls = fakeNetwork(routes, (call) => this.interfere(call) ?? this.ofTask(call))
  }

  paths(): string[] {
    return this.calls.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`)
  }

  /** Somebody else changes a task. */
  change(id: string, fields: Partial<Card>, actor = "grace"): void {
    const task = this.tasks.get(id)
    if (task) this.commit("task.updated", { ...task, ...fields, version: task.version + 1 }, actor)
  }

  private ofTask(call: Call): Answer | Promise<Answer> | undefined {
    const [, id = "", rest] = /^\/tasks\/([^/?]+)(\/move)?$/.exec(call.path) ?? []
    if (!id) return undefined
    return this.once(call, () => {
      const task = this.tasks.get(id)
      if (!task) return problem(404, "task-not-found")
      const seen = call.headers.get("If-Match")
      if (seen && seen !== `"${task.version}"`) return problem(409, "version-conflict", { current: task })
      if (call.method === "DELETE") {
        this.tasks.delete(id)
        this.note("task.deleted", task, [{ model: "task", id, op: "remove" }])
        return { status: 204 }
      }
      const fields = call.body as Partial<Card>
      return this.commit(rest ? "task.moved" : "task.updated", { ...task, ...fields, version: task.version + 1 })
    })
  }

  private once(call: Call, handle: (call: Call) => Answer): Answer {
    const key = call.method === "POST" ? call.headers.get("Idempotency-Key") : null
    const words = JSON.stringify([call.path, call.body, call.headers.get("If-Match")])
    const before = key === null ? undefined : this.kept.get(key)
    if (before) return before.words === words ? before.answer : problem(422, "key-used-otherwise")
    const answer = handle(call)
    if (key !== null && (answer.status ?? 200) < 400) this.kept.set(key, { words, answer })
    return answer
  }

  private commit(type: string, task: Card, actor = "ada"): Answer {
    this.tasks.set(task.id, task)
    this.note(type, task, [{ model: "task", id: task.id, op: "put", row: task }], actor)
    return { body: task }
  }

  private note(type: string, task: Card, changes: Change[], actor = "ada"): void {
    const seq = this.log.length + 1
    this.log.push({ seq, type, actor_id: actor, entity_type: "task", entity_id: task.id, version: task.version, at: task.updated_at, changes })
  }

  private page({ path }: Call): Answer {
    if (this.resets) {
      this.resets = false
      return problem(409, "sync-reset")
    }
    const after = Number(new URLSearchParams(path.split("?")[1]).get("after"))
    const news = this.log.filter(({ seq }) => seq > after)
    const latest = this.log.length
    return { body: { seq: latest, latest, more: false, changes: news.flatMap(({ changes }) => changes), events: news } }
  }

  private bootstrap(): string {
    const rows = [{ model: "project", row: project }, ...[...this.tasks.values()].map((row) => ({ model: "task", row }))]
    const lines = [{ bootstrap: { seq: this.log.length, counts: {} } }, ...rows, { end: { rows: rows.length } }]
    return lines.map((line) => `${JSON.stringify(line)}\n`).join("")
  }
}
