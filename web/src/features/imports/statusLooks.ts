import type { Import } from "@/lib/api/types"

export const statusLooks: Record<Import["status"], { name: string; ink: string }> = {
  queued: { name: "Waiting", ink: "text-ink-muted" },
  running: { name: "Running", ink: "text-accent-ink" },
  succeeded: { name: "Done", ink: "text-success-ink" },
  failed: { name: "Failed", ink: "text-danger-ink" },
}
