import { useState } from "react"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { useGetSecondFactorsQuery } from "./api"
import { Authenticator } from "./Authenticator"
import { CodesDialog } from "./CodesDialog"
import { PasskeyList } from "./PasskeyList"
import { RecoveryCodesLeft } from "./RecoveryCodesLeft"

/** What is asked for beside the password. */
export function TwoStep() {
  const { data: factors, error, refetch } = useGetSecondFactorsQuery(undefined, { refetchOnMountOrArgChange: true })
  const [codes, setCodes] = useState<string[] | null>(null)
  if (error && !factors) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!factors) return <Skeleton className="h-36 rounded-lg" />
  return (
    <>
      {factors.required && factors.totp === null && factors.passkeys.length === 0 && (
        <p role="status" className="mb-3 rounded-lg bg-warning-soft px-3 py-2.5 text-sm text-warning-ink">
          Your workspace asks everybody for a second step. Set one up now, or you do so when you next sign in.
        </p>
      )}
      <Authenticator factors={factors} onCodes={setCodes} />
      <RecoveryCodesLeft factors={factors} onCodes={setCodes} />
      <CodesDialog codes={codes} onClose={() => setCodes(null)} />
    </>
  )
}

export function Passkeys() {
  const { data: factors, error, refetch } = useGetSecondFactorsQuery()
  const [codes, setCodes] = useState<string[] | null>(null)
  if (error && !factors) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!factors) return <Skeleton className="h-20 rounded-lg" />
  return (
    <>
      <PasskeyList passkeys={factors.passkeys} onCodes={setCodes} />
      <CodesDialog codes={codes} onClose={() => setCodes(null)} />
    </>
  )
}
