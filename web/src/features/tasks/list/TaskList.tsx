import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react"
import type { Milestone, State, Tag, User } from "@/lib/api/types"
import { selectCanWrite } from "@/lib/session"
import { useAppDispatch, useAppSelector } from "@/lib/store"
import type { TaskPatch } from "@/lib/sync/actions"
import type { TaskRow } from "@/lib/sync/models"
import { updateTask } from "@/lib/sync/perform"
import { useStretch } from "@/lib/windowing"
import { Icon } from "@/ui/icons"
import { EmptyState } from "@/ui/states"
import { BulkBar } from "./BulkBar"
import { HEAD_HEIGHT, ListHead } from "./ListHead"
import { ListLine, ROW_HEIGHT, type Lookup } from "./ListLine"
import { COLUMNS, useListSettings, type ColumnName } from "./listSettings"
import { ListToolbar } from "./ListToolbar"
import { groupsOf, rowsOf, type Group } from "./listView"
import { lineOf, useListKeys } from "./useListKeys"

interface TaskListProps {
  projectId: string
  /** Those that the filters let through. */
  tasks: TaskRow[]
  states: State[]
  people: User[]
  tags: Tag[]
  milestones: Milestone[]
  openId: string | null
  onOpen: (taskId: string) => void
  /** What to do when there is nothing here. */
  emptyAction?: ReactNode
}

export function TaskList({ projectId, tasks, states, people, tags, milestones, openId, onOpen, emptyAction }: TaskListProps) {
  const dispatch = useAppDispatch()
  const canWrite = useAppSelector(selectCanWrite)
  const scroller = useRef<HTMLDivElement>(null)
  const [settings, change] = useListSettings(projectId)
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const { grouping, sort, columns } = settings
  const groups = useMemo(() => groupsOf(tasks, grouping, sort, { states, people, milestones }), [tasks, grouping, sort, states, people, milestones])
  const rows = useMemo(() => rowsOf(groups, grouping, folded), [groups, grouping, folded])
  const selection = useSelection(rows)
  const lookup = useLookup(states, people, tags, milestones)
  const template = useMemo(() => templateOf(columns), [columns])
  const stretch = useStretch(scroller, ROW_HEIGHT, rows.length, HEAD_HEIGHT)

  const keys = useListKeys(scroller, {
    rows,
    canWrite,
    shows: (field) => field === "title" || columns.includes(field),
    onToggle: selection.toggle,
    onClear: selection.clear,
  })
  const save = useCallback((taskId: string, patch: TaskPatch) => void dispatch(updateTask(taskId, patch)), [dispatch])
  const fold = (key: string) => setFolded((now) => (now.has(key) ? new Set([...now].filter((one) => one !== key)) : new Set([...now, key])))

  if (tasks.length === 0) {
    return (
      <EmptyState icon="list" title="No tasks here" text="Tasks of this project stand here line by line, to be sorted, grouped and changed in place. Create one, or let more through the filters.">
        {emptyAction}
      </EmptyState>
    )
  }
  // The line that has the keys stays, wherever it is scrolled to.
  const drawn = Array.from({ length: stretch.to - stretch.from }, (_, at) => stretch.from + at)
  if (keys.active >= 0 && (keys.active < stretch.from || keys.active >= stretch.to)) drawn.push(keys.active)

  return (
    <div className="relative flex h-full flex-col">
      <ListToolbar settings={settings} onChange={change} />
      <div ref={scroller} className="min-h-0 flex-1 overflow-auto scroll-thin">
        {/* The keys belong to the lines inside. */}
        <div
          role="grid"
          tabIndex={-1}
          aria-label="Tasks"
          aria-multiselectable="true"
          aria-rowcount={rows.length + 1}
          aria-colcount={columns.length + 3}
          onKeyDown={keys.onKeyDown}
          onFocus={keys.onFocus}
          className="min-w-max pb-24 outline-none"
        >
          <ListHead columns={columns} template={template} sort={sort} onSort={(wanted) => change({ sort: wanted })} />
          <div role="rowgroup" className="relative" style={{ height: rows.length * ROW_HEIGHT }}>
            {drawn.map((index) => {
              const row = rows[index]
              if (!row) return null
              const top = index * ROW_HEIGHT
              if (row.kind === "group") {
                return <GroupLine key={`group ${row.group.key}`} group={row.group} collapsed={row.collapsed} index={index} top={top} span={columns.length + 3} onFold={fold} />
              }
              const line = lineOf(row)
              return (
                <ListLine
                  key={line}
                  id={line}
                  index={index}
                  top={top}
                  task={row.task}
                  columns={columns}
                  template={template}
                  lookup={lookup}
                  isActive={index === keys.active}
                  isSelected={selection.selected.has(row.task.id)}
                  isOpen={row.task.id === openId}
                  canWrite={canWrite}
                  editing={keys.editing?.line === line ? keys.editing.field : null}
                  onOpen={onOpen}
                  onSelect={selection.toggle}
                  onEdit={keys.edit}
                  onSave={save}
                  onDone={keys.done}
                />
              )
            })}
          </div>
        </div>
      </div>
      {selection.ids.length > 0 && <BulkBar ids={selection.ids} states={states} people={people} onClear={selection.clear} />}
    </div>
  )
}

interface GroupLineProps {
  group: Group
  collapsed: boolean
  index: number
  top: number
  span: number
  onFold: (key: string) => void
}

function GroupLine({ group, collapsed, index, top, span, onFold }: GroupLineProps) {
  return (
    <div role="row" aria-rowindex={index + 2} className="absolute w-full border-b border-line bg-sunken" style={{ top, height: ROW_HEIGHT }}>
      <div role="gridcell" aria-colspan={span} className="sticky left-0 flex h-full w-fit items-center px-2 sm:px-4">
        <button
          type="button"
          aria-expanded={!collapsed}
          onClick={() => onFold(group.key)}
          className="flex h-8 items-center gap-2 rounded-md px-1.5 text-sm font-medium text-ink hover:bg-hover"
        >
          <Icon name="chevronRight" className={`size-3.5 text-ink-faint ${collapsed ? "" : "rotate-90"}`} />
          {group.name}
          <span className="text-xs font-normal text-ink-faint tabular-nums">{group.tasks.length}</span>
        </button>
      </div>
    </div>
  )
}

/** What is selected of what is here; Shift takes everything between. */
function useSelection(rows: ReturnType<typeof rowsOf>) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const anchor = useRef<number | null>(null)
  const latest = useRef(rows)
  useEffect(() => {
    latest.current = rows
  })
  const toggle = useCallback((taskId: string, index: number, range: boolean) => {
    const from = range ? (anchor.current ?? index) : index
    const between = latest.current.slice(Math.min(from, index), Math.max(from, index) + 1).flatMap((row) => (row.kind === "task" ? [row.task.id] : []))
    if (!range || anchor.current === null) anchor.current = index
    setSelected((now) => {
      if (range) return new Set([...now, ...between])
      const next = new Set(now)
      if (!next.delete(taskId)) next.add(taskId)
      return next
    })
  }, [])
  const isEmpty = selected.size === 0
  const clear = useCallback(() => {
    anchor.current = null
    setSelected(new Set())
    return !isEmpty
  }, [isEmpty])
  const ids = useMemo(() => [...new Set(rows.flatMap((row) => (row.kind === "task" && selected.has(row.task.id) ? [row.task.id] : [])))], [rows, selected])
  return { selected, ids, toggle, clear }
}

function useLookup(states: State[], people: User[], tags: Tag[], milestones: Milestone[]): Lookup {
  return useMemo(
    () => ({
      states,
      people,
      stateOf: new Map(states.map((state) => [state.key, state])),
      personOf: new Map(people.map((person) => [person.id, person])),
      milestoneOf: new Map(milestones.map(({ id, name }) => [id, name])),
      tagColors: new Map(tags.map(({ name, color }) => [name, color])),
    }),
    [states, people, tags, milestones],
  )
}

function templateOf(columns: readonly ColumnName[]): string {
  return ["40px", "76px", "minmax(15rem, 1fr)", ...COLUMNS.filter(({ name }) => columns.includes(name)).map(({ width }) => `${width}px`)].join(" ")
}
