import { useState } from "react"
import { fieldProblem, isProblem } from "@/lib/api/problem"
import type { WorkspaceSettings } from "@/lib/api/types"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { ErrorNotice } from "@/ui/states"
import { Switch } from "@/ui/Switch"
import { useUpdateWorkspaceMutation } from "./api"
import { consequences, type Affected, type Rule } from "./consequences"

interface SignInRulesProps {
  workspace: WorkspaceSettings
  mayChange: boolean
  affected: Affected
}

const rules: { rule: Rule; label: string; text: string }[] = [
  {
    rule: "require_second_factor",
    label: "Require two-step verification",
    text: "Whoever signs in with a password also shows a code of their authenticator app, or a passkey.",
  },
  {
    rule: "require_sso",
    label: "Require single sign-on",
    text: "Everybody but owners signs in through the identity provider alone.",
  },
]

/** How people must sign in. A change asks first, and says what will happen to whom. */
export function SignInRules({ workspace, mayChange, affected }: SignInRulesProps) {
  const dispatch = useAppDispatch()
  const [update, { isLoading, error }] = useUpdateWorkspaceMutation()
  const [asked, setAsked] = useState<Rule | null>(null)
  // While the dialog fades out, it still shows what it was about.
  const [last, setLast] = useState<Rule>("require_second_factor")
  const words = consequences(asked ?? last, !workspace[asked ?? last], affected)

  const ask = (rule: Rule) => {
    setLast(rule)
    setAsked(rule)
  }
  const change = async (rule: Rule) => {
    const { data } = await update({ [rule]: !workspace[rule], version: workspace.version })
    if (data) dispatch(showToast(data[rule] ? "Required from now on" : "No longer required"))
  }

  return (
    <div className="space-y-5">
      {error && !(isProblem(error) && error.errors.length > 0) && <ErrorNotice error={error} />}
      {rules.map(({ rule, label, text }) => (
        <Switch
          key={rule}
          label={label}
          text={text}
          checked={workspace[rule]}
          disabled={!mayChange || isLoading}
          onChange={() => ask(rule)}
          error={fieldProblem(error, rule)}
        />
      ))}
      <ConfirmDialog open={asked !== null} {...words} onConfirm={() => void change(last)} onClose={() => setAsked(null)} />
    </div>
  )
}
