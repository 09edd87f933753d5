import { problemMessage, type Problem } from "@/lib/api/problem"
import { uuid7 } from "@/lib/uuid"
import { describe, type Action, type Sent } from "./actions"
import { backoff } from "./backoff"
import { call, type Store } from "./call"
import { asBefore, clashes, clashText, isAsWanted, type Clash } from "./conflict"
import type { Change, Rows, TaskRow } from "./models"
import type { Refusal } from "./refusal"
import { requestOf } from "./requests"
import { selectRows } from "./select"
import { tasksOf, type Settled, type SyncState } from "./slice"

interface Outlets {
  /** Sets down what is about to be sent; false when it was taken back meanwhile. */
  mark: (action: Action, sent: Sent) => Promise<boolean>
  rewrite: (action: Action) => Promise<void>
  marked: (action: Action) => void
  settled: (done: Settled, changes: Change[], answer: unknown) => Promise<void>
  /** Rows as the server told them beside an answer. */
  learned: (changes: Change[]) => Promise<void>
  dropped: (id: string) => Promise<void>
  refused: (refusal: Refusal) => void
  /** The server could not be asked, or could again. */
  reachable: (yes: boolean) => void
}

const MOST_ERRORS = 5
/** `online` wakes it before; some systems forget to say so. */
const NETWORK_LOOKED_FOR_EVERY_MS = 5_000

/**
 * Sends what waits, one after the other and in the order of its making: a change may name what one before it made.
 * A lost answer leads to the same words with the same key once more; a refusal takes the change back.
 */
export class Outbox {
  private running = false
  private ended = false
  private tries = 0
  private errors = 0
  private wakeUp: () => void = () => undefined

  constructor(
    private readonly store: Store,
    private readonly outlets: Outlets,
  ) {}

  /** There may be something to send, or the network is back. */
  wake(): void {
    this.wakeUp()
    if (this.running || this.isStopped()) return
    this.running = true
    void this.run()
      .catch((failure: unknown) => {
        if (!this.isStopped()) throw failure
      })
      .finally(() => (this.running = false))
  }

  stop(): void {
    this.ended = true
    this.wakeUp()
  }

  private isStopped(): boolean {
    return this.ended
  }

  private get state(): SyncState {
    return (this.store.getState() as { sync: SyncState }).sync
  }

  private async run(): Promise<void> {
    for (let next = this.state.pending[0]; next && !this.isStopped(); next = this.state.pending[0]) {
      // What is certain not to have left can still be taken back.
      const wait = navigator.onLine ? await this.send(next) : this.waitForNetwork()
      if (wait !== null && !this.isStopped()) await this.pause(wait)
    }
  }

  private waitForNetwork(): number {
    this.outlets.reachable(false)
    return NETWORK_LOOKED_FOR_EVERY_MS
  }

  /** Gives back how long to wait before the next try; null when there is nothing to wait for. */
  private async send(action: Action): Promise<number | null> {
    const row = this.taskOf(action)
    if (!action.sent) {
      const clash = clashes(action, row)
      if (clash.length > 0) return this.clash(action, clash, row)
      // A move names nobody's earlier value: whoever moves last decides.
      if (row && isAsWanted(action, row)) return this.settle(action, row)
    }
    const sent = action.sent ?? requestOf(action, row, (id) => id in tasksOf(this.state))
    if (!(await this.outlets.mark(action, sent))) {
      await this.outlets.dropped(action.id)
      return null
    }
    const marked = { ...action, sent }
    this.outlets.marked(marked)
    const { data, error } = await call<unknown>(this.store, { ...sent, body: sent.body }, { quiet: true })
    if (this.isStopped()) return null
    if (!error) {
      this.reached()
      return this.settle(marked, data)
    }
    return this.failed(marked, error)
  }

  private async failed(action: Action, problem: Problem): Promise<number | null> {
    if (isUnreachable(problem)) {
      this.outlets.reachable(false)
      return Math.max((problem.retryAfter ?? 0) * 1000, backoff(this.tries++))
    }
    if (problem.status === 401) {
      // The session ended: what waits is sent after the next sign-in.
      this.stop()
      return null
    }
    this.reached()
    if (problem.slug === "still-running") return (problem.retryAfter ?? 1) * 1000
    if (typeof problem.status === "number" && problem.status >= 500 && ++this.errors < MOST_ERRORS) return backoff(this.errors)
    if (problem.slug === "version-conflict" && isTask(problem.current)) return this.rebase(action, problem.current)
    // Gone is what they wanted.
    if (problem.status === 404 && action.type.endsWith(".delete")) return this.settle(action, null)
    return this.refuse({ action, text: `Not saved: ${describe(action)}. ${problemMessage(problem)}` })
  }

  /** Somebody was faster: their row is the ground, and the change is made on it again unless the two clash. */
  private async rebase(action: Action, current: TaskRow): Promise<number | null> {
    if (isAsWanted(action, current)) return this.settle(action, current)
    const clash = clashes(action, current)
    if (clash.length > 0) return this.clash(action, clash, current)
    const { sent: _old, ...again } = action
    // A refusal is not kept under the key, so the key can serve for the new words.
    await this.outlets.rewrite({ ...again, seen: current.version })
    await this.outlets.learned([putOf(current)])
    this.outlets.marked({ ...again, seen: current.version })
    return null
  }

  private async clash(action: Action, clash: Clash[], row: TaskRow | undefined): Promise<null> {
    const text = clashText(action.name, clash, <Model extends keyof Rows>(model: Model) => selectRows({ sync: this.state }, model))
    const { sent: _old, ...insist } = action
    const retry: Action | undefined =
      insist.type === "task.update" && row ? { ...insist, id: uuid7(), before: asBefore(row, insist.patch) } : undefined
    if (row) await this.outlets.learned([putOf(row)])
    return this.refuse({ action, text, ...(retry && { retry }) })
  }

  private async settle(action: Action, answer: unknown): Promise<null> {
    const changes = tasksIn(answer).map((task) => putOf({ ...tasksOf(this.state)[task.id], ...task }))
    if (action.type === "task.delete") changes.push({ model: "task", id: action.entity, op: "remove" })
    await this.outlets.settled({ id: action.id, entity: action.entity, version: versionOf(answer) }, changes, answer)
    return null
  }

  private async refuse(refusal: Refusal): Promise<null> {
    this.errors = 0
    const { action } = refusal
    // What was done to something that was never made is refused with it.
    const dependents = action.type === "task.create" ? this.state.pending.filter((one) => one.id !== action.id && one.entity === action.entity) : []
    for (const { id } of [...dependents, action]) await this.outlets.dropped(id)
    this.outlets.refused(refusal)
    return null
  }

  private reached(): void {
    this.tries = 0
    this.outlets.reachable(true)
  }

  private taskOf({ entity }: Action): TaskRow | undefined {
    return tasksOf(this.state)[entity]
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

function isUnreachable({ status }: Problem): boolean {
  return ["offline", "timeout", "unreadable", 429, 502, 503, 504].includes(status)
}

function isTask(answer: unknown): answer is TaskRow {
  return typeof answer === "object" && answer !== null && "position" in answer && "project_id" in answer && "version" in answer
}

function versionOf(answer: unknown): number | null {
  const version = typeof answer === "object" && answer !== null && "version" in answer ? answer.version : null
  return typeof version === "number" ? version : null
}

function tasksIn(answer: unknown): TaskRow[] {
  if (isTask(answer)) return [answer]
  const many = typeof answer === "object" && answer !== null && "tasks" in answer ? answer.tasks : []
  return Array.isArray(many) ? many.filter(isTask) : []
}

function putOf(row: TaskRow): Change {
  return { model: "task", id: row.id, op: "put", row }
}
