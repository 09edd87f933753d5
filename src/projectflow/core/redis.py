"""Redis or Valkey: one bounded pool a process."""

from redis.asyncio import BlockingConnectionPool, Redis

from projectflow.core.problems import Unavailable
from projectflow.core.settings import Settings

CONNECT_TIMEOUT = 2.0
ANSWER_TIMEOUT = 5.0
ACQUIRE_TIMEOUT = 60.0
HEALTH_CHECK_INTERVAL = 30


def connect_redis(settings: Settings) -> Redis:
    """Make a client with the seed's limits; nothing is connected until the first command."""
    if settings.redis_url is None:
        raise Unavailable("REDIS_URL is not set.")
    pool = BlockingConnectionPool.from_url(
        settings.redis_url,
        max_connections=settings.redis_pool_max,
        timeout=ACQUIRE_TIMEOUT,
        socket_timeout=ANSWER_TIMEOUT,
        socket_connect_timeout=CONNECT_TIMEOUT,
        health_check_interval=HEALTH_CHECK_INTERVAL,
    )
    return Redis.from_pool(pool)  # closing the client closes the pool
