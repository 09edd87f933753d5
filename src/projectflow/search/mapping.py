"""How Elasticsearch keeps an entry: one index for all tenants, routed by tenant."""

from typing import Any, Final

INDEX: Final = "projectflow-search-1"
"""Its number goes up with a change of this page; `projectflow search rebuild` fills the new one."""
FILLED: Final = "projectflow-search"
"""The alias that questions go to: of the index that was last filled whole."""

_APART: Final = {
    "type": "pattern_replace", "pattern": r"[^\p{L}\p{M}\p{N}]+", "replacement": " ",
}  # fmt: skip
"""Names such as `auth/login.html` are words, as in PostgreSQL."""


def _analyzer(*filters: str) -> dict[str, Any]:
    return {
        "type": "custom",
        "char_filter": ["apart"],
        "tokenizer": "standard",
        "filter": ["lowercase", *filters],
    }


_TEXT: Final = {
    "type": "text",
    "analyzer": "words",
    "fields": {
        "english": {"type": "text", "analyzer": "english_words"},
        "beginning": {
            "type": "text", "analyzer": "beginnings", "search_analyzer": "words",
        },
    },
}  # fmt: skip
_KEYWORD: Final = {"type": "keyword"}

SETTINGS: Final[dict[str, Any]] = {
    "analysis": {
        "char_filter": {"apart": _APART},
        "filter": {
            "beginning": {"type": "edge_ngram", "min_gram": 2, "max_gram": 20},
            "english_stem": {"type": "stemmer", "language": "english"},
        },
        "analyzer": {
            "words": _analyzer(),
            "english_words": _analyzer("english_stem"),
            "beginnings": _analyzer("beginning"),
        },
    }
}
MAPPINGS: Final[dict[str, Any]] = {
    "dynamic": "strict",
    "_routing": {"required": True},
    "properties": {
        "tenant_id": _KEYWORD,
        "kind": _KEYWORD,
        "id": _KEYWORD,
        "project_id": _KEYWORD,
        "task_id": _KEYWORD,
        "state": {"type": "byte"},
        "version": {"type": "long"},
        "title": _TEXT,
        "body": _TEXT,
        "created_at": {"type": "date"},
    },
}


def matching(words: list[str]) -> dict[str, Any]:
    """Each word must be there: best in the title, then in the body, then nearly so in the title.

    Fixed scores, so that what is equally good is ordered by age on every page alike.
    """
    parts: list[dict[str, Any]] = []
    for place, word in enumerate(words):
        ways = [
            _way("title", word, 100), _way("title.english", word, 100),
            _way("body", word, 10), _way("body.english", word, 10),
            {"constant_score": {"boost": 1, "filter": {"match": {"title": {
                "query": word, "fuzziness": "AUTO", "prefix_length": 1,
            }}}}},
        ]  # fmt: skip
        if place == len(words) - 1 and len(word) > 1:
            ways += [_way("title.beginning", word, 90), _way("body.beginning", word, 9)]
        parts.append({"dis_max": {"queries": ways}})
    return {"bool": {"must": parts}}


def _way(field: str, word: str, boost: float) -> dict[str, Any]:
    return {
        "constant_score": {
            "boost": boost,
            "filter": {"match": {field: {"query": word, "operator": "and"}}},
        }
    }
