import { problemMessage } from "@/lib/api/problem"
import { toDateInput } from "@/lib/dates"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Button } from "@/ui/Button"
import { Menu } from "@/ui/Menu"
import { useExportAuditMutation, type ExportFormat } from "./api"
import type { AuditFilters } from "./auditFilters"

/** What the filters show, as a file. */
export function ExportMenu({ filters }: { filters: AuditFilters }) {
  const dispatch = useAppDispatch()
  const [run, { isLoading }] = useExportAuditMutation()
  const save = async (format: ExportFormat) => {
    const { error } = await run({ filters, format, fileName: `audit-${toDateInput(new Date().toISOString())}.${format}` })
    dispatch(error ? showToast(problemMessage(error), { tone: "danger" }) : showToast("Exported the audit log. The export is an event of its own."))
  }
  return (
    <Menu
      button={
        <Button icon="download" busy={isLoading}>
          Export
        </Button>
      }
      actions={[
        { label: "CSV, for spreadsheets", icon: "download", onSelect: () => void save("csv") },
        { label: "NDJSON, for programs", icon: "download", onSelect: () => void save("ndjson") },
      ]}
    />
  )
}
