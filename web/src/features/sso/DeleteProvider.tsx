import { useState } from "react"
import { problemMessage } from "@/lib/api/problem"
import type { IdentityProvider } from "@/lib/api/types"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Button } from "@/ui/Button"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { useDeleteIdentityProviderMutation } from "./api"

export function DeleteProvider({ provider }: { provider: IdentityProvider }) {
  const dispatch = useAppDispatch()
  const [asking, setAsking] = useState(false)
  const [remove, { isLoading }] = useDeleteIdentityProviderMutation()

  const confirm = async () => {
    const { error } = await remove()
    dispatch(error ? showToast(problemMessage(error), { tone: "danger" }) : showToast(`Deleted ${provider.name}`))
  }

  return (
    <>
      <Button variant="ghost" className="mr-auto text-danger-ink!" busy={isLoading} onClick={() => setAsking(true)}>
        Delete
      </Button>
      <ConfirmDialog
        open={asking}
        title={`Delete ${provider.name}?`}
        text={`Nobody can sign in through ${provider.name} any more, and which of its accounts is whom is forgotten. People stay, and who is signed in stays signed in. Who has no password asks for one under “Forgot your password?”.`}
        confirmLabel="Delete identity provider"
        onConfirm={() => void confirm()}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
