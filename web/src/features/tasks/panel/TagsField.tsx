import type { Tag } from "@/lib/api/types"
import { AddCombobox } from "@/ui/AddCombobox"
import { TagChip } from "@/ui/TagChip"
import { Icon } from "@/ui/icons"

interface TagsFieldProps {
  tags: string[]
  known: Tag[]
  disabled: boolean
  onChange: (tags: string[]) => void
}

export function TagsField({ tags, known, disabled, onChange }: TagsFieldProps) {
  const colors = new Map(known.map(({ name, color }) => [name, color]))
  return (
    <div className="flex min-h-8 flex-wrap items-center gap-1.5 py-1">
      {tags.map((tag) => (
        <span key={tag} className="inline-flex items-center">
          <TagChip name={tag} color={colors.get(tag)} />
          {!disabled && (
            <button
              type="button"
              aria-label={`Remove tag ${tag}`}
              onClick={() => onChange(tags.filter((other) => other !== tag))}
              className="rounded p-0.5 text-ink-faint hover:text-danger-ink pointer-coarse:p-2"
            >
              <Icon name="close" className="size-3" />
            </button>
          )}
        </span>
      ))}
      {!disabled && (
        <AddCombobox
          label="Add tag"
          options={known.map(({ name }) => name).filter((name) => !tags.includes(name))}
          onAdd={(tag) => !tags.includes(tag) && onChange([...tags, tag])}
        />
      )}
      {disabled && tags.length === 0 && <span className="text-sm text-ink-faint">None</span>}
    </div>
  )
}
