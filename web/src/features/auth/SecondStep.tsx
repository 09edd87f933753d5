import type { AuthResult, SecondFactorNeeded } from "@/lib/api/types"
import { EnrolStep } from "./EnrolStep"
import { ProofStep } from "./ProofStep"

export interface StepProps {
  challenge: string
  /** The address of the workspace they are about to enter. */
  workspace: string
  onStartAgain: (why: string | null) => void
  onDone?: ((auth: AuthResult) => void) | undefined
}

interface SecondStepProps extends Omit<StepProps, "challenge"> {
  needed: SecondFactorNeeded
}

/** The password was right; this is what else is asked for. */
export function SecondStep({ needed, ...rest }: SecondStepProps) {
  if (needed.must_enroll) return <EnrolStep {...rest} challenge={needed.challenge} />
  return <ProofStep {...rest} challenge={needed.challenge} methods={needed.methods} />
}

export const TOO_LATE = "That took too long. Sign in again."
