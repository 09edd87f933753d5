import { Radio, RadioGroup } from "@headlessui/react"
import { setTheme, THEMES, useTheme, type Theme } from "@/lib/theme"
import { Icon, type IconName } from "@/ui/icons"

const looks: Record<Theme, { icon: IconName; label: string }> = {
  light: { icon: "sun", label: "Light" },
  dark: { icon: "moon", label: "Dark" },
  system: { icon: "monitor", label: "System" },
}

export function ThemeSwitch() {
  return (
    <RadioGroup
      value={useTheme()}
      onChange={setTheme}
      aria-label="Theme"
      className="inline-flex rounded-lg border border-line bg-surface p-0.5"
    >
      {THEMES.map((theme) => (
        <Radio
          key={theme}
          value={theme}
          aria-label={looks[theme].label}
          title={`${looks[theme].label} theme`}
          className="flex size-6 cursor-pointer items-center justify-center rounded-md text-ink-faint hover:text-ink focus-visible:outline-2 focus-visible:outline-ring data-checked:bg-hover data-checked:text-ink pointer-coarse:size-9"
        >
          <Icon name={looks[theme].icon} className="size-3.5" />
        </Radio>
      ))}
    </RadioGroup>
  )
}
