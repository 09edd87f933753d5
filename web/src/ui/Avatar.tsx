import { useState } from "react"
import type { User } from "@/lib/api/types"
import { fullName, hueOf, initials } from "@/lib/people"
import { hueStyle } from "./hue"
import { Icon } from "./icons"

const sizes = { sm: "size-5 text-[0.5625rem]", md: "size-6 text-2xs", lg: "size-8 text-xs", xl: "size-16 text-xl" } as const

interface AvatarProps {
  person: Pick<User, "id" | "first_name" | "last_name" | "email" | "avatar_url"> | undefined
  size?: keyof typeof sizes
}

/** Decoration beside a name, or with the name as its tooltip; the control around it says who it is. Its initials are no text of the page. */
export function Avatar({ person, size = "md" }: AvatarProps) {
  const [missing, setMissing] = useState<string | null>(null)
  if (!person) {
    return (
      <span
        title="Unassigned"
        aria-hidden="true"
        className={`${sizes[size]} inline-flex shrink-0 items-center justify-center rounded-full border border-dashed border-line-strong text-ink-faint`}
      >
        <Icon name="person" className="size-3" />
      </span>
    )
  }
  if (person.avatar_url && person.avatar_url !== missing) {
    return (
      <img
        src={person.avatar_url}
        alt=""
        title={fullName(person)}
        draggable={false}
        onError={() => setMissing(person.avatar_url)}
        className={`${sizes[size]} shrink-0 rounded-full bg-hover object-cover`}
      />
    )
  }
  return (
    <span
      title={fullName(person)}
      aria-hidden="true"
      className={`${sizes[size]} inline-flex shrink-0 items-center justify-center rounded-full font-semibold before:content-[attr(data-initials)]`}
      style={hueStyle(hueOf(person.id))}
      data-initials={initials(person)}
    />
  )
}
