"""The one error tree of the package, cut by what to do next.

```
NotionSyncError                     .hint: what the person should do
├── NotionApiError                  .status .code .request_id .endpoint
│   ├── TransientNotionError        try again later
│   │   └── NotionUnavailableError  no connection, or an outage longer than the configured patience
│   └── PermanentNotionError        the same request will fail the same way
│       ├── ObjectNotFoundError     404 object_not_found: missing or not shared
│       ├── RestrictedError         403 restricted_resource: a capability is missing
│       ├── InvalidRequestError     400 validation_error and its relatives (`.code` tells which)
│       │   └── ExpiredCursorError  the list has to be read anew
│       ├── UnauthorizedError       401, or Notion blocked the connection: abort the run
│       └── UnexpectedAnswerError   an answer that is not what the API says
│           └── NotOfferedError     nothing answers at this address: no word on any object
├── NothingSharedError              the token works, but nothing is shared with its connection
├── IncompleteListingError          a listing that cannot be trusted: stop before the commit
├── MassDisappearanceError          too many objects gone at once: stop before the commit
├── ConfigurationError              a setting is wrong: nothing was called
├── LeaseHeldError                  another run works on the scope
├── CommitConflictError             another run committed the scope first
├── StorageError                    the store did not do what it was asked
└── OutputFolderError               the folder is not ours, or of another workspace or token owner
```

Belongs here: the classes, what they carry and the default hint of each.
Does not belong here: how an answer becomes an error (`error_mapping`), what a run does about one (the
Dagster boundary), or any import beyond the standard library, since storage and sync raise these too.
Messages and hints never hold a token.
"""


class NotionSyncError(Exception):
    """Root of every error this package raises on purpose; `hint` says what the person should do."""

    hint: str = "See the message; run `notion-sync doctor` for a full check."

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        if hint is not None:
            self.hint = hint


class NotionApiError(NotionSyncError):
    """A call to Notion that gave no usable answer.

    `status` is the HTTP status (None: no answer at all), `code` Notion's error code (None: the body was not
    the API's), `request_id` what Notion's support asks for, `endpoint` the template that was called.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        endpoint: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.code = code
        self.request_id = request_id
        self.endpoint = endpoint


class TransientNotionError(NotionApiError):
    """The call failed after every retry, but may well succeed later (409, 429, 5xx, 529, network)."""

    hint = "Run the export again later; it continues where it stopped."


class NotionUnavailableError(TransientNotionError):
    """Notion gave no usable answer to anyone for longer than the configured patience."""

    hint = "Check the network and https://www.notion-status.com, then run again: nothing done so far is lost."


class PermanentNotionError(NotionApiError):
    """The same request will fail the same way."""


class ObjectNotFoundError(PermanentNotionError):
    """404 `object_not_found`: deleted for good, never there, or not shared (API reference section 11)."""

    hint = "In Notion open the page, then ••• → Connections, and add this connection."


class RestrictedError(PermanentNotionError):
    """403 `restricted_resource`: the connection lacks the capability (API reference section 10)."""

    hint = (
        "Give the connection the capability (read content, read comments, user information) in its settings."
    )


class InvalidRequestError(PermanentNotionError):
    """The request itself was refused: 400 `validation_error`, `invalid_request` and their relatives."""

    hint = "The request was refused as it stands; check the id given, or report it as a defect with its request id."


class ExpiredCursorError(InvalidRequestError):
    """400 about a `start_cursor` that Notion gave itself: it has lived too long (API reference section 2)."""

    hint = "Run the export again; what was committed stays."


class UnauthorizedError(PermanentNotionError):
    """401 `unauthorized`, or a 429 that says the connection is blocked: no call of this run can succeed."""

    hint = "Check NOTION_TOKEN: it must be the secret of an active connection of this workspace."


class UnexpectedAnswerError(PermanentNotionError):
    """A successful answer whose body is not what the API describes, or an error page of something else."""

    hint = "Something between here and Notion may answer in its place (proxy, login page); check NOTION_BASE_URL."


class NotOfferedError(UnexpectedAnswerError):
    """404, 405 or 501 without the API's words: the server does not know the endpoint.

    Only a part that an export can do without may be left out for it; it says nothing about any object.
    """


class NothingSharedError(NotionSyncError):
    """The connection can see neither a page nor a data source."""

    hint = "In Notion open a top page, then ••• → Connections, and add the connection; what is below follows."


class IncompleteListingError(NotionSyncError):
    """A listing that cannot be shown to be complete; nothing may be concluded from what it lacks."""

    hint = "Run again; the scope keeps its last committed state until a listing is complete."


class MassDisappearanceError(NotionSyncError):
    """So many objects are missing at once that a lost share is likelier than deletions."""

    hint = "Check that the connection still has access; if the objects are really gone, confirm it and run again."


class ConfigurationError(NotionSyncError):
    """A setting is missing or wrong."""

    hint = "Correct the setting and run again; `notion-sync config check` lists them."


class LeaseHeldError(NotionSyncError):
    """Another run holds the lease of the scope; `holder`, `host`, `pid` and `run` say who."""

    hint = "Wait for the other run to end; its lease is taken over at once when it dies."

    def __init__(
        self, holder: str, *, host: str | None = None, pid: int | None = None, run: str | None = None
    ) -> None:
        super().__init__(f"the export is in use by {holder}: process {pid} on {host}, run {run}")
        self.holder = holder
        self.host = host
        self.pid = pid
        self.run = run


class CommitConflictError(NotionSyncError):
    """Another run created the commit first; `expected` and `found` are sequence numbers.

    `run` wanted to commit, `holder_run` has.
    """

    hint = "Nothing was lost: the other run's commit stands. Run again to bring in what this run saw."

    def __init__(
        self, expected: int, found: int, holder_run: str | None = None, *, run: str | None = None
    ) -> None:
        super().__init__(
            f"commit {expected} was to be created by run {run}, but {found} is there, by run {holder_run}"
        )
        self.run = run
        self.expected = expected
        self.found = found
        self.holder_run = holder_run


class StorageError(NotionSyncError):
    """The store could not read or write what it was asked to."""

    hint = "Check free space, permissions and the address of the output folder."


class OutputFolderError(NotionSyncError):
    """The output folder is not one of ours, or belongs to another workspace or token owner."""

    hint = "Choose another folder with --output."
