import { Dialog as HeadlessDialog, DialogBackdrop, DialogPanel, DialogTitle } from "@headlessui/react"
import type { ReactNode } from "react"
import { IconButton } from "./Button"

interface DialogProps {
  open: boolean
  onClose: () => void
  title: string
  children: ReactNode
  width?: string
  /** Only its own buttons close it: what it shows can't be had again. */
  stays?: boolean
}

export function Dialog({ open, onClose, title, children, width = "max-w-lg", stays = false }: DialogProps) {
  return (
    <HeadlessDialog open={open} onClose={stays ? () => undefined : onClose} className="relative z-50">
      <DialogBackdrop transition className="fixed inset-0 bg-scrim transition-opacity duration-150 data-closed:opacity-0" />
      <div className="fixed inset-0 flex items-start justify-center overflow-y-auto p-3 pt-[10vh] sm:p-6 sm:pt-[14vh]">
        <DialogPanel
          transition
          className={`w-full ${width} rounded-xl border border-line bg-raised shadow-lift transition duration-150 ease-out data-closed:translate-y-1 data-closed:scale-[0.99] data-closed:opacity-0`}
        >
          <div className="flex min-h-10.5 items-center justify-between pt-3.5 pr-3 pl-5">
            <DialogTitle className="text-base font-semibold text-ink">{title}</DialogTitle>
            {!stays && <IconButton icon="close" label="Close" onClick={onClose} />}
          </div>
          <div className="px-5 pt-2.5 pb-5">{children}</div>
        </DialogPanel>
      </div>
    </HeadlessDialog>
  )
}
