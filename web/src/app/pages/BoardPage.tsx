import { useBoard } from "@/features/tasks/api/useBoard"
import { Board } from "@/features/tasks/board/Board"
import { BoardSkeleton } from "@/features/tasks/board/BoardSkeleton"
import { useBoardFilters } from "@/features/tasks/filters/useBoardFilters"
import { ProjectFrame } from "../shell/ProjectFrame"
import { useBoardQuery } from "../useBoardQuery"
import { useProject } from "../useProject"

export function BoardPage() {
  const view = useProject()
  const { projectId, project, people, tags, openId, open } = view
  const { filters } = useBoardFilters()
  const asked = useBoardQuery(project)
  const { board, showMore } = useBoard(projectId, filters, asked.only)
  const matches = board?.columns.reduce((sum, { count }) => sum + count, 0)

  return (
    <ProjectFrame of={view} view="board" filters={{ matches, asked }} skeleton={<BoardSkeleton />}>
      {() =>
        board ? (
          <Board projectId={projectId} board={board} onShowMore={showMore} people={people} tags={tags} openId={openId} onOpen={open} />
        ) : (
          <BoardSkeleton />
        )
      }
    </ProjectFrame>
  )
}
