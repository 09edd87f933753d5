import { Graph, layout } from "@dagrejs/dagre"
import type { Dependency, DependencyGraph, LinkedTask } from "@/lib/api/types"

export const NODE = { width: 208, height: 60 }
const MARGIN = 24

export interface PlacedTask {
  task: LinkedTask
  /** Of its left upper corner. */
  x: number
  y: number
}

export interface PlacedLink {
  link: Dependency
  path: string
}

export interface PlacedGraph {
  tasks: PlacedTask[]
  links: PlacedLink[]
  width: number
  height: number
}

/** What comes first stands left of what waits for it. */
export function placed({ nodes, edges }: Pick<DependencyGraph, "nodes" | "edges">): PlacedGraph {
  const graph = new Graph({ multigraph: true })
  graph.setGraph({ rankdir: "LR", ranksep: 64, nodesep: 20, marginx: MARGIN, marginy: MARGIN })
  graph.setDefaultEdgeLabel(() => ({}))
  const known = new Set(nodes.map(({ id }) => id))
  const drawn = edges.filter(({ task_id, depends_on_task_id }) => known.has(task_id) && known.has(depends_on_task_id))
  for (const { id } of nodes) graph.setNode(id, { ...NODE })
  for (const { id, task_id, depends_on_task_id } of drawn) graph.setEdge(depends_on_task_id, task_id, {}, id)
  if (nodes.length > 0) layout(graph)
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number }
  return {
    tasks: nodes.map((task) => {
      const { x = 0, y = 0 } = graph.node(task.id) as { x?: number; y?: number }
      return { task, x: x - NODE.width / 2, y: y - NODE.height / 2 }
    }),
    links: drawn.map((link) => {
      const { points = [] } = graph.edge(link.depends_on_task_id, link.task_id, link.id) as { points?: Point[] }
      return { link, path: curve(points) }
    }),
    width: Math.max(width, 0),
    height: Math.max(height, 0),
  }
}

interface Point {
  x: number
  y: number
}

/** Through the middles between the points, so that it bends nowhere sharply. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points
  const last = rest.at(-1)
  if (!first || !last) return ""
  const bends = rest.slice(0, -1).map((point, at) => {
    const next = rest[at + 1] ?? point
    return `Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`
  })
  return `M${first.x} ${first.y}${bends.join("")}L${last.x} ${last.y}`
}

export type Arrow = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown"

/** Left to what it waits for, right to what waits for it, up and down to what stands beside it; of several the nearest. */
export function neighbourOf({ tasks, links }: PlacedGraph, id: string, arrow: Arrow): string | undefined {
  const places = new Map(tasks.map((one) => [one.task.id, one]))
  const from = places.get(id)
  if (!from) return undefined
  const nearest = (found: PlacedTask[], distance: (one: PlacedTask) => number) =>
    found.reduce<PlacedTask | undefined>((best, one) => (best && distance(best) <= distance(one) ? best : one), undefined)?.task.id
  if (arrow === "ArrowLeft" || arrow === "ArrowRight") {
    const ids = links.flatMap(({ link }) =>
      arrow === "ArrowLeft" ? (link.task_id === id ? [link.depends_on_task_id] : []) : link.depends_on_task_id === id ? [link.task_id] : [],
    )
    return nearest(ids.flatMap((one) => places.get(one) ?? []), (one) => Math.abs(one.y - from.y))
  }
  const isUp = arrow === "ArrowUp"
  const beside = tasks.filter((one) => (isUp ? one.y < from.y : one.y > from.y))
  // What stands in the same column comes before what is merely higher.
  return nearest(beside, (one) => Math.abs(one.x - from.x) * 4 + Math.abs(one.y - from.y))
}

/** By id: the keys of what a task waits for, and of what waits for it. */
export function linkedKeys({ nodes, edges }: Pick<DependencyGraph, "nodes" | "edges">): Map<string, { before: string[]; after: string[] }> {
  const keys = new Map(nodes.map(({ id, key }) => [id, key]))
  const found = new Map(nodes.map(({ id }) => [id, { before: [] as string[], after: [] as string[] }]))
  for (const { task_id, depends_on_task_id } of edges) {
    found.get(task_id)?.before.push(keys.get(depends_on_task_id) ?? "a task elsewhere")
    found.get(depends_on_task_id)?.after.push(keys.get(task_id) ?? "a task elsewhere")
  }
  return found
}
