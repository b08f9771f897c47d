"""What the description says that no single endpoint says: rules for all of it, problems, headers, ways in."""

from typing import Any

Json = dict[str, Any]
ABOUT = """\
For scripts and other systems. It asks the same questions as the pages: who may see a thing here may see it there, and nobody else.

- **Ids** are opaque strings that never change. **Times** are RFC 3339 in UTC with `Z`. `url` is the thing's page.
- **Bodies** are taken strictly: an unknown field, a number as text, a field twice are refused.
  Fields not sent take their default; in PATCH they stay as they are.
- **Lists** are `{"items": […], "next": CURSOR|null}`; ask again with `?cursor=` and what `next` said.
- **Safe retries**: every POST takes `Idempotency-Key`; the same key and request gives the same answer for 24 hours,
  with `Idempotent-Replay: true`.
- **Edits**: GET and PATCH answer with an `ETag`; PATCH and DELETE with `If-Match` are 412 where the thing is another by now.
- **What the caller may not know exists** is 404, never 403. A verb that is not listed is 405 with `Allow`.
- **Too often** is 429: `RateLimit` says what is left, `Retry-After` when to ask again.
"""
INFO: Json = {"title": "Mainstay API", "version": "1", "description": ABOUT}

PROBLEMS = {
    400: "Wrong JSON, or a browser's request without its CSRF token.",
    401: "No token, or one that is revoked, expired or of a suspended person.",
    403: "An act not theirs on what they may read, or a token without the scope.",
    404: "It does not exist, or the caller may not know that it does: the same answer.",
    409: "An offset from which the upload does not go on.",
    410: "It was here and is gone.",
    412: "`If-Match` names a state that is no longer, or `Tus-Resumable` another version.",
    413: "Too large.",
    415: "Another content type than is read here.",
    416: "A range that the file does not have.",
    422: "Bad values, named field by field.",
    423: "Another connection is sending the same.",
    429: "Too often; `Retry-After` says in how many seconds again.",
    460: "Not the bytes of which `Upload-Checksum` was made.",
    501: "A form that this server does not make.",
    503: "Nothing was saved: the database cannot be written, or there is no room; `Retry-After`.",
}

PARAMETERS: Json = {
    "limit": {
        "name": "limit",
        "in": "query",
        "description": "How many at most; above 200 it is 200.",
        "schema": {"type": "integer", "minimum": 1, "default": 50},
    },
    "cursor": {
        "name": "cursor",
        "in": "query",
        "description": "Where to go on: what `next` said.",
        "schema": {"type": "string"},
    },
    "Idempotency-Key": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "The same key and request act once and give the same answer for 24 hours; with another request it is 422.",
        "schema": {"type": "string", "maxLength": 200},
    },
    "If-Match": {
        "name": "If-Match",
        "in": "header",
        "description": "The `ETag` of what was seen. Without it the last word stands.",
        "schema": {"type": "string"},
    },
}

HEADERS: Json = {
    "ETag": {"description": "The state that is shown, for `If-Match`.", "required": True, "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait.", "required": True, "schema": {"type": "integer", "minimum": 0}},
}


def security(cookie: str) -> Json:
    """The ways in: a token, or the browser's session with what proves that a page of ours sent it."""
    return {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "An API token, made under *Your settings → Signing in* or by `mainstay token add`. Its scopes are "
            "`read`, `write` and `admin`; each holds the ones before it. It can do what its owner can at that moment, within its scope.",
        },
        "session": {"type": "apiKey", "in": "cookie", "name": cookie, "description": "The session of a browser that is signed in."},
        "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRFToken", "description": "Of a page of the same session."},
    }
