import { Button } from "@/ui/Button"
import { Icon } from "@/ui/icons"
import type { Clash } from "./draft"

interface ConflictNoticeProps {
  clashes: Clash[]
  onMine: () => void
  onTheirs: () => void
  isBusy: boolean
}

/** Somebody else saved the report meanwhile: both values, and what to do about them. */
export function ConflictNotice({ clashes, onMine, onTheirs, isBusy }: ConflictNoticeProps) {
  const hasBoth = clashes.some(({ mine }) => mine !== null)
  return (
    <section role="alert" aria-label="Changed meanwhile" className="mb-5 rounded-xl border border-line bg-warning-soft p-4 text-sm text-warning-ink">
      <p className="flex items-center gap-2 font-medium">
        <Icon name="alert" className="size-4" />
        Somebody else changed this report while you did. Nothing of yours is saved yet.
      </p>
      {clashes.length > 0 && (
        <div className="mt-3 overflow-x-auto">
          <table className="w-full text-left">
            <caption className="sr-only">What differs</caption>
            <thead className="text-xs">
              <tr>
                {["", "Theirs, as it is now", "Yours"].map((head) => (
                  <th key={head} scope="col" className="py-1 pr-4 font-medium">
                    {head || <span className="sr-only">Of the report</span>}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {clashes.map(({ field, theirs, mine }) => (
                <tr key={field} className="align-top">
                  <th scope="row" className="py-1 pr-4 font-medium">
                    {field}
                  </th>
                  <td className="py-1 pr-4 break-words">{theirs}</td>
                  <td className="py-1 pr-4 break-words">{mine ?? <i>not changed by you: theirs stays</i>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div className="mt-3 flex flex-wrap gap-2">
        <Button size="sm" busy={isBusy} onClick={onMine}>
          {hasBoth ? "Save mine" : "Save my changes too"}
        </Button>
        <Button size="sm" onClick={onTheirs}>
          Take theirs
        </Button>
      </div>
    </section>
  )
}
