"""Files of other tools."""

from tests.isolation.sample import Sample

EVERYBODY_WHO_IMPORTS = "202 202 202 202 403 403 403 403 403"
SAMPLES = {
    # No JSON body is CSV or XML: it is refused as what it is.
    "POST /imports/jira": Sample("/imports/jira", {}),
    "POST /imports/linear": Sample("/imports/linear", {}),
    "POST /imports/msproject": Sample("/imports/msproject", {}),
    "POST /imports/github": Sample(
        "/imports/github", {"issues": [{"number": 1, "title": "{random}", "state": "open"}]}
    ),
    "POST /imports/table": Sample("/imports/table", {}, {"mapping": '{"columns":{"{}":"title"}}'}),
    "POST /imports/table/preview": Sample("/imports/table/preview", {}),
}
EXPECTED = {
    "POST /imports/jira": "422 422 422 422 403 403 403 403 403",
    "POST /imports/linear": "422 422 422 422 403 403 403 403 403",
    "POST /imports/msproject": "422 422 422 422 403 403 403 403 403",
    "POST /imports/github": EVERYBODY_WHO_IMPORTS,
    "POST /imports/table": EVERYBODY_WHO_IMPORTS,
    "POST /imports/table/preview": "200 200 200 200 403 403 403 403 403",
}
NOT_WHOLE = {
    "POST /imports/jira": {422},
    "POST /imports/linear": {422},
    "POST /imports/msproject": {422},
}
FILES = {
    "POST /imports/github": {"issues": [{"number": 1, "title": "Bake", "state": "open"}]},
    "POST /imports/jira": b"Summary,Issue key\nBake,B-1\n",
    "POST /imports/linear": b"ID,Title,Status\nB-1,Bake,Todo\n",
    "POST /imports/msproject": (
        b'<Project xmlns="http://schemas.microsoft.com/project"><Name>Bakery</Name></Project>'
    ),
    "POST /imports/table": b"Title\nBake\n",
    "POST /imports/table/preview": b"Title\nBake\n",
}
