"""What `doctor` looks at in Elasticsearch."""

from projectflow.core.settings import Settings
from projectflow.operations.findings import Finding, ok, warn
from projectflow.search.elastic import ElasticIndex
from projectflow.search.index import IndexAway


async def check_search(settings: Settings) -> list[Finding]:
    """Ask the server that is set; without one PostgreSQL searches, which was looked at."""
    if settings.elasticsearch_url is None:
        return []
    index = ElasticIndex(settings.elasticsearch_url)
    try:
        return [ok("Elasticsearch", await index.version())]
    except IndexAway as error:
        # Searching goes on, in PostgreSQL.
        return [
            warn(
                "Elasticsearch",
                f"does not answer: {error}",
                "look at ELASTICSEARCH_URL and the server",
            )
        ]
    finally:
        await index.close()
