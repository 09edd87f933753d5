import type { Draft } from "./draft"
import { emptyDraft } from "./draft"

export interface Starter {
  key: string
  text: string
  draft: Draft
}

/** Questions that most workspaces have, to begin with. */
export const STARTERS: Starter[] = [
  {
    key: "open-by-person",
    text: "Who has how much to do, and how much of it is late.",
    draft: { ...emptyDraft, name: "Open work by person", measures: ["open", "overdue"], dimensions: ["assignee"], query: "status:open", chart: "bar" },
  },
  {
    key: "completed-by-week",
    text: "How much was finished each week of the last three months.",
    draft: { ...emptyDraft, name: "Completed by week", measures: ["completed"], dimensions: ["completed_week"], query: "completed>=-90d", chart: "line" },
  },
  {
    key: "time-to-finish",
    text: "How long work takes in each project, from its creation to its end.",
    draft: {
      ...emptyDraft,
      name: "How long work takes",
      measures: ["lead_days_p50", "lead_days_p85", "completed"],
      dimensions: ["project"],
      query: "completed>=-90d",
      chart: "bar",
    },
  },
]
