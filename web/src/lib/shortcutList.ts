export interface Shortcut {
  /** Any of these: "c", "mod+k", "g i" for one after the other. None for what only the palette runs. */
  keys: readonly string[]
  where: "Anywhere" | "Go to" | "Board" | "Move a card" | "Inbox" | "My work" | "Projects" | "Reports" | "People" | "Task" | "New task" | "Time" | "Tasks" | "A project" | "List" | "Timeline" | "Calendar" | "Graph"
  label: string
  /** Also while somebody types. */
  inFields?: boolean
  /** Means something only as a key: the palette does not offer it. */
  keyOnly?: boolean
}

/** Every key there is. `useShortcuts` binds by these names alone; the help and the palette show what is bound. */
const list = {
  palette: { keys: ["mod+k"], where: "Anywhere", label: "Search, or run a command", inFields: true, keyOnly: true },
  search: { keys: ["/"], where: "Anywhere", label: "Search everything" },
  createTask: { keys: [], where: "Anywhere", label: "Create a task in a project…" },
  createProject: { keys: [], where: "Anywhere", label: "Create a project" },
  stopTimer: { keys: [], where: "Anywhere", label: "Stop the timer" },
  undo: { keys: ["mod+z"], where: "Anywhere", label: "Undo" },
  redo: { keys: ["mod+shift+z", "mod+y"], where: "Anywhere", label: "Redo" },
  theme: { keys: ["t"], where: "Anywhere", label: "Switch between light and dark" },
  sidebar: { keys: ["["], where: "Anywhere", label: "Open or close the sidebar" },
  help: { keys: ["?"], where: "Anywhere", label: "Show all keys" },
  signOut: { keys: [], where: "Anywhere", label: "Sign out" },

  goInbox: { keys: ["g i"], where: "Go to", label: "Inbox" },
  goMyWork: { keys: ["g m"], where: "Go to", label: "My work" },
  goProjects: { keys: ["g p"], where: "Go to", label: "Projects" },
  goTasks: { keys: ["g a"], where: "Go to", label: "All tasks" },
  goInsights: { keys: ["g d"], where: "Go to", label: "Insights" },
  goTime: { keys: ["g w"], where: "Go to", label: "Timesheet" },
  goReports: { keys: ["g r"], where: "Go to", label: "Reports" },
  goPeople: { keys: ["g u"], where: "Go to", label: "People" },
  goTeams: { keys: ["g t"], where: "Go to", label: "Teams" },
  goSettings: { keys: ["g s"], where: "Go to", label: "Settings" },
  goRules: { keys: ["g n"], where: "Go to", label: "Notification settings" },

  "inbox.next": { keys: ["j"], where: "Inbox", label: "Next notification", keyOnly: true },
  "inbox.previous": { keys: ["k"], where: "Inbox", label: "Previous notification", keyOnly: true },
  "inbox.archive": { keys: ["e"], where: "Inbox", label: "Archive, or bring back", keyOnly: true },
  "inbox.unread": { keys: ["u"], where: "Inbox", label: "Mark as unread, or as read", keyOnly: true },
  "inbox.snooze": { keys: ["h"], where: "Inbox", label: "Snooze", keyOnly: true },
  "inbox.readAll": { keys: [], where: "Inbox", label: "Mark all as read" },

  "rows.next": { keys: ["j"], where: "Tasks", label: "Next task", keyOnly: true },
  "rows.previous": { keys: ["k"], where: "Tasks", label: "Previous task", keyOnly: true },
  "tasks.query": { keys: ["/"], where: "Tasks", label: "Write a query" },

  "view.board": { keys: ["1"], where: "A project", label: "Board" },
  "view.list": { keys: ["2"], where: "A project", label: "List" },
  "view.timeline": { keys: ["3"], where: "A project", label: "Timeline" },
  "view.calendar": { keys: ["4"], where: "A project", label: "Calendar" },
  "view.workload": { keys: ["5"], where: "A project", label: "Workload" },
  "view.dashboard": { keys: ["6"], where: "A project", label: "Dashboard" },
  "view.forecast": { keys: ["7"], where: "A project", label: "Forecast" },
  "project.export": { keys: [], where: "A project", label: "Export the project…" },
  "project.subscribe": { keys: [], where: "A project", label: "Subscribe to the project in a calendar…" },
  "view.graph": { keys: ["8"], where: "A project", label: "Dependency graph" },
  "cards.next": { keys: ["j"], where: "Calendar", label: "Next task", keyOnly: true },
  "cards.previous": { keys: ["k"], where: "Calendar", label: "Previous task", keyOnly: true },
  "calendar.previous": { keys: ["PageUp"], where: "Calendar", label: "The month before" },
  "calendar.next": { keys: ["PageDown"], where: "Calendar", label: "The month after" },

  "board.create": { keys: ["c"], where: "Board", label: "Create a task" },
  "board.filter": { keys: ["/"], where: "Board", label: "Filter the board" },
  "board.query": { keys: ["q"], where: "Board", label: "Filter the board by a query" },
  "board.next": { keys: ["j"], where: "Board", label: "Next card", keyOnly: true },
  "board.previous": { keys: ["k"], where: "Board", label: "Previous card", keyOnly: true },

  "projects.create": { keys: ["c"], where: "Projects", label: "Create a project" },
  "projects.sample": { keys: ["s"], where: "Projects", label: "Make a sample project" },
  "projects.import": { keys: ["i"], where: "Projects", label: "Import from Trello" },
  "reports.create": { keys: ["c"], where: "Reports", label: "Create a report" },
  "people.invite": { keys: ["i"], where: "People", label: "Invite people" },

  "time.previous": { keys: ["k"], where: "Time", label: "The week before" },
  "time.next": { keys: ["j"], where: "Time", label: "The week after" },
} as const satisfies Record<string, Shortcut>

export type ShortcutId = keyof typeof list
export const SHORTCUTS: Record<ShortcutId, Shortcut> = list

/** What the thing in focus does with a key by itself; no page binds it. */
export const OF_THE_FOCUS: { keys: readonly string[]; where: Shortcut["where"]; label: string }[] = [
  { keys: ["Esc"], where: "Anywhere", label: "Close what is open" },
  { keys: ["Enter"], where: "Inbox", label: "Open the task" },
  { keys: ["Enter"], where: "Tasks", label: "Open the task" },
  { keys: ["Enter"], where: "Board", label: "Open the card" },
  { keys: ["←", "→", "↑", "↓"], where: "Board", label: "Move between cards" },
  { keys: ["Space"], where: "Move a card", label: "Pick up, put down" },
  { keys: ["←", "→", "↑", "↓"], where: "Move a card", label: "Choose the place" },
  { keys: ["Esc"], where: "Move a card", label: "Leave it where it was" },
  { keys: ["X"], where: "List", label: "Select the task" },
  { keys: ["S", "P", "A", "D"], where: "List", label: "Set status, priority, assignee, due date" },
  { keys: ["E"], where: "List", label: "Edit the title" },
  { keys: ["←", "→"], where: "Timeline", label: "A day earlier, later" },
  { keys: ["Shift", "←", "→"], where: "Timeline", label: "Shorter, longer by a day" },
  { keys: ["Enter"], where: "Timeline", label: "Apply what is shown" },
  { keys: ["←", "→", "↑", "↓"], where: "Graph", label: "Move along the links" },
  { keys: ["+", "-"], where: "Graph", label: "Zoom" },
  { keys: ["⌘/Ctrl", "Enter"], where: "Task", label: "Send the comment, save the description" },
]

const NAMES: Record<string, string> = { mod: "⌘/Ctrl", shift: "Shift", ArrowDown: "↓", ArrowUp: "↑" }

/** A key of the list as keycaps: "mod+k" is ⌘/Ctrl and K. */
export function keycaps(keys: string): string[] {
  return keys.split(/[ +]/).map((key) => NAMES[key] ?? key.toUpperCase())
}

/** The same as a screen reader and `aria-keyshortcuts` take it. */
export function ariaKeys(id: ShortcutId): string | undefined {
  const keys = SHORTCUTS[id].keys.filter((key) => !key.includes(" "))
  return keys.length > 0 ? keys.map((key) => key.replace("mod", "Control")).join(" ") : undefined
}
