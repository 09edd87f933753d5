"""What `doctor` looks at in Redis or Valkey."""

from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from projectflow.operations.findings import Finding, failed, ok, warn


async def check_redis(url: str) -> list[Finding]:
    """Look at the server, whether it keeps what it is given, and what it does when full."""
    client: Any = Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)
    try:
        information: dict[str, Any] = await client.info()
    except (RedisError, OSError) as error:
        return [failed("Redis", f"cannot be reached: {error}", "look at REDIS_URL and the server")]
    finally:
        await client.aclose()
    name = information.get("valkey_version") or information.get("redis_version", "?")
    return [ok("Redis", str(name)), _persistence(information), _eviction(information)]


def _persistence(information: dict[str, Any]) -> Finding:
    if not information.get("aof_enabled"):
        return warn(
            "Redis persistence",
            "no append-only file: undelivered live events are lost when it restarts",
            "set `appendonly yes` (managed servers: switch persistence on)",
        )
    if information.get("aof_last_write_status", "ok") != "ok":
        return failed("Redis persistence", "the last write failed", "look at its disk")
    return ok("Redis persistence", "append-only file")


def _eviction(information: dict[str, Any]) -> Finding:
    policy = str(information.get("maxmemory_policy", "?"))
    if policy.startswith("allkeys") and information.get("maxmemory"):
        return warn(
            "Redis memory",
            f"{policy}: streams may be evicted when it is full",
            "set `maxmemory-policy volatile-lru`",
        )
    return ok("Redis memory", policy)
