import type { Notification } from "@/lib/api/types"
import { focusRow, leaveRow } from "@/lib/rowFocus"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { useChangeNotificationMutation, useReadAllMutation, type NotificationChange } from "./api"
import type { InboxFilters } from "./inboxFilters"
import { momentIn } from "./snoozeTimes"

/** What can be done with notifications, each with its way back. */
export function useInbox(filters: InboxFilters, shown: Notification[]) {
  const dispatch = useAppDispatch()
  const [change] = useChangeNotificationMutation()
  const [sendReadAll, { isLoading: isReadingAll }] = useReadAllMutation()

  const set = (of: Notification, wanted: NotificationChange) => change({ of, change: wanted, filters })
  /** Changes it, and says so with a button that changes it back. */
  const away = async (of: Notification, wanted: NotificationChange, words: string, back: NotificationChange) => {
    leaveRow(of.id)
    const { data } = await set(of, wanted)
    if (!data) return
    dispatch(showToast(`${words} ${of.task?.key ?? of.project_name}`, { action: { label: "Undo", run: () => void set(data, back) } }))
  }

  return {
    isReadingAll,
    open: (one: Notification) => {
      if (one.read_at === null) void set(one, { is_read: true })
    },
    toggleRead: (one: Notification) => void set(one, { is_read: one.read_at === null }),
    toggleArchived: (one: Notification) =>
      void (one.archived_at === null
        ? away(one, { is_archived: true }, "Archived", { is_archived: false })
        : away(one, { is_archived: false }, "Brought back", { is_archived: true })),
    snooze: (one: Notification, until: Date) =>
      void away(one, { snoozed_until: until.toISOString() }, `Until ${momentIn(until)}:`, { snoozed_until: null }),
    wake: (one: Notification) => void away(one, { snoozed_until: null }, "Brought back", { snoozed_until: one.snoozed_until }),
    readAll: async () => {
      const unread = shown.filter(({ read_at }) => read_at === null)
      const { data } = await sendReadAll({
        up_to: new Date().toISOString(),
        ...(filters.projectId && { project_id: filters.projectId }),
        ...(filters.kind && { kind: filters.kind }),
      })
      if (!data) return
      const text = data.read === 1 ? "Marked 1 notification as read" : `Marked ${data.read} notifications as read`
      // What was not loaded cannot be named, and so not be taken back.
      const undo = () => unread.forEach((one) => void set({ ...one, read_at: new Date().toISOString() }, { is_read: false }))
      dispatch(showToast(data.more ? `${text}. There are more.` : text, data.read === unread.length && data.read > 0 ? { action: { label: "Undo", run: undo } } : {}))
    },
    next: () => focusRow(1),
    previous: () => focusRow(-1),
  }
}
