"""HTTP for imports."""

routers: list[object] = []
