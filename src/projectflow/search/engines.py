"""Which engine finds things here."""

from projectflow.core.settings import Settings
from projectflow.search.index import SearchIndex
from projectflow.search.postgres import PostgresIndex


def open_index(settings: Settings) -> SearchIndex:
    """Elasticsearch where ELASTICSEARCH_URL is set, else PostgreSQL."""
    if settings.elasticsearch_url is None:
        return PostgresIndex()
    # Only who uses it pays for loading it.
    from projectflow.search.elastic import ElasticIndex  # noqa: PLC0415

    return ElasticIndex(settings.elasticsearch_url)
